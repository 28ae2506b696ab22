/** The page's only script: hides what the search does not match. */
export const SCRIPT = `
const search = document.getElementById("search");
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const article of document.querySelectorAll("article")) {
    article.hidden = !words.every((word) => article.dataset.search.includes(word));
    const link = document.querySelector('nav a[href="#' + article.id + '"]');
    if (link) link.parentElement.hidden = article.hidden;
  }
});
`;
