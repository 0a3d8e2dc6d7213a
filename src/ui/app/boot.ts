import { connectWorkers, receive } from "../shared/adapter/connect.ts";
import { connectToBridge } from "../shared/bridge.ts";
import { tell } from "../shared/notices.ts";
import { describeError, setConnection } from "../shared/session.ts";
import { open, startFromAddress, useResumable } from "../shared/start.ts";
import { sentences } from "../shared/text.ts";

/** Connects the page to its cluster and starts it. What an accidental reload closed is then on offer. */
export async function boot(): Promise<void> {
  try {
    const { session } = await connect();
    const resumable = await session.resumable().catch(() => null);
    await open(startFromAddress(location.search));
    void connectToBridge();
    if (resumable && resumable.inputs > 0) useResumable.setState({ offer: resumable });
  } catch (error) {
    tell({ id: "no-worker", tone: "error", text: sentences.noWorker, detail: describeError(error) });
  }
}

async function connect() {
  // Under `npm run dev` only: the page without a world. A build leaves this out.
  if (import.meta.env.DEV && new URLSearchParams(location.search).has("fake")) {
    const { fakeConnection } = await import("../shared/testing/fake-session.ts");
    const fake = fakeConnection();
    setConnection(fake);
    await fake.session.subscribe(receive);
    return fake;
  }
  return connectWorkers();
}
