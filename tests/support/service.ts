import { compose, type ComposeOptions, type Service } from "../../src/compose/mod.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { IdentityPolicy } from "../../src/settings/settings.ts";
import { type DataCenterFile, dataCenterFile } from "./data_centers.ts";
import { MemorySink } from "./memory_sink.ts";
import { RecordingNotifier } from "./recording_notifier.ts";
import { type SettingsChanges, testSettings } from "./test_settings.ts";

export interface ServiceOptions {
  readonly policy?: IdentityPolicy;
  readonly store?: "memory" | "sqlite";
  readonly dataCenter?: DataCenterFile;
  /** Changes to any other setting, laid over `testSettings`. */
  readonly settings?: SettingsChanges;
  /** Put before adapters, see `FaultInjector`. A notifier given here takes the place of the recording one. */
  readonly wrap?: ComposeOptions["wrap"];
  readonly spawnEngine?: () => Worker;
  readonly clock?: Clock;
  /** Where the log goes, for a test that reads it before the service has started. */
  readonly log?: MemorySink;
  /** Folder of the store and the data-centre file, kept after the stop; a fresh one, removed then, when not given. */
  readonly folder?: string;
}

export interface CallOptions {
  /** `admin` unless told otherwise; null sends none. */
  readonly token?: string | null;
  /** Sent as JSON, or as it is when it is a text or bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  json<T = Record<string, unknown>>(): T;
}

/** The composed service on 127.0.0.1, and what it logs and notifies. */
export class TestService implements AsyncDisposable {
  readonly log: MemorySink;
  readonly notifier: RecordingNotifier;
  readonly #service: Service;
  readonly #client = Deno.createHttpClient({});
  readonly #cleanUp: () => void;
  #stopped = false;

  constructor(
    service: Service,
    { log, notifier, cleanUp }: { log: MemorySink; notifier: RecordingNotifier; cleanUp: () => void },
  ) {
    this.#service = service;
    this.log = log;
    this.notifier = notifier;
    this.#cleanUp = cleanUp;
  }

  /** Base of the service's addresses, without a slash at the end. */
  get url(): string {
    return this.#service.url;
  }

  get app(): Service["app"] {
    return this.#service.app;
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { token = "admin", body, headers = {} } = options;
    const response = await fetch(this.url + path, {
      method,
      client: this.#client,
      redirect: "manual",
      headers: {
        ...(token === null ? {} : { "x-auth-token": token }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: bodyOf(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  }

  /** Sends bytes as they are over a connection of its own; what comes back until the service closes it. */
  async raw(bytes: Uint8Array | string): Promise<string> {
    const { hostname, port } = new URL(this.url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const request = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    for (let sent = 0; sent < request.length;) sent += await connection.write(request.subarray(sent));
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const buffer = new Uint8Array(65_536);
    for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
      chunks.push(buffer.slice(0, read));
    }
    return await new Blob(chunks).text();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#service.stop();
    this.#client.close();
    this.#cleanUp();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Starts the real service for one test: `await using service = await startService()`. */
export async function startService(options: ServiceOptions = {}): Promise<TestService> {
  const { policy = "admin", store = "memory", dataCenter = dataCenterFile(), settings = {} } = options;
  const folder = options.folder ?? Deno.makeTempDirSync({ prefix: "valet-service-" });
  const cleanUp = () => options.folder === undefined && Deno.removeSync(folder, { recursive: true });
  Deno.writeTextFileSync(`${folder}/data_center.json`, JSON.stringify(dataCenter));
  const { log = new MemorySink(), spawnEngine, clock } = options;
  const notifier = new RecordingNotifier();
  try {
    const service = await compose(
      testSettings(folder, {
        ...settings,
        identity: { policy, ...settings.identity },
        ...(store === "memory" ? { music: { driver: "memory" } } : {}),
      }),
      { logSink: log, spawnEngine, clock, wrap: { notifier: () => notifier, ...options.wrap } },
    );
    return new TestService(service, { log, notifier, cleanUp });
  } catch (error) {
    cleanUp();
    throw error;
  }
}

function bodyOf(body: unknown): BodyInit | undefined {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) {
    return body as BodyInit | undefined;
  }
  return JSON.stringify(body);
}
