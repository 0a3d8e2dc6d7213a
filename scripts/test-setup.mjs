// Property tests draw from one seed, so that a run of the suite says the same twice. A longer hunt: FC_SEED=N npx vitest run.
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });
