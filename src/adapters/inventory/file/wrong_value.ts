/** The file is not what it has to be; the message names the path of the value and what is wanted. */
export class WrongValue extends Error {}
