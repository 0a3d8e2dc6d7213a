// npm run dev: vite's development server. Further arguments are vite's: npm run dev -- --port 3000
import { ensureDependencies, runProgram } from "./ensure.mjs";

ensureDependencies();
process.exit(runProgram("vite", process.argv.slice(2)));
