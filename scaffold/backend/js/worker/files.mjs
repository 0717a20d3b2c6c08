// File storage: blobs in memory, with URLs of this server to upload and download them.
import { createHash, randomUUID } from "node:crypto";
import { currentFunction } from "./context.mjs";

const TABLE = "_storage";

export class Files {
  #runtime;
  #uploads = new Map(); // token -> the component that asked for the upload

  constructor(runtime) {
    this.#runtime = runtime;
  }

  /** Store a blob in the running function's component. Returns its id. */
  async store(blob, component = currentFunction.getStore()?.component ?? "") {
    const bytes = Buffer.from(await blob.arrayBuffer());
    const document = { sha256: createHash("sha256").update(bytes).digest("base64"), size: bytes.length };
    if (blob.type) document.contentType = blob.type;
    const id = await this.#runtime.write(component, (database) => database.insert(TABLE, document));
    this.#runtime.database(component).storeFile(id, blob);
    this.#runtime.onBlob(component, id, blob);
    return id;
  }

  async delete(id) {
    const component = currentFunction.getStore()?.component ?? "";
    await this.#runtime.write(component, (database) => database.delete(TABLE, id));
  }

  urlOf(id) {
    const component = currentFunction.getStore()?.component ?? "";
    if (this.#runtime.visibleDocument(component, id) === null) return null;
    const folder = component && `${encodeURIComponent(component)}/`;
    return `${this.#runtime.url}/api/storage/${folder}${id}`;
  }

  newUploadUrl() {
    const token = randomUUID();
    this.#uploads.set(token, currentFunction.getStore()?.component ?? "");
    return `${this.#runtime.url}/api/storage/upload?token=${token}`;
  }

  /** Store what was uploaded with a token. Returns the id, or null where the token is not ours. */
  async upload(token, blob) {
    const component = this.#uploads.get(token);
    return component === undefined ? null : await this.store(blob, component);
  }

  /** The blob of a file that exists, or null. */
  blobOf(component, id) {
    if (!this.#runtime.hasComponent(component)) return null;
    if (this.#runtime.visibleDocument(component, id) === null) return null;
    return this.#runtime.database(component)._storage[id] ?? null;
  }
}
