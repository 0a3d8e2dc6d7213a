import { expect, it } from "vitest";
import { editInPage, stopEditing, useEditing } from "../../shared/requests.ts";
import { beginEditing, edited, endEditing, finishEditing, replace, useEditor } from "./store.ts";

function ask(text: string): Promise<string | null> {
  const answer = editInPage("/tmp/kubectl-edit-1.yaml", text);
  beginEditing(useEditing.getState().asked!);
  return answer;
}

it("a command's text is edited, handed back, and one's own manifest returns", async () => {
  replace("mine");
  const answer = ask("kind: Pod");
  expect(useEditor.getState().manifest).toBe("kind: Pod");
  edited("kind: Service");
  finishEditing(true);
  endEditing();
  expect(await answer).toBe("kind: Service");
  expect(useEditor.getState().manifest).toBe("mine");
  expect(useEditing.getState().asked).toBeNull();
});

it("left unchanged it is what it was", async () => {
  const answer = ask("kind: Pod");
  edited("kind: Service");
  finishEditing(false);
  endEditing();
  expect(await answer).toBe("kind: Pod");
});

it("Ctrl-C in the terminal takes it away", async () => {
  replace("mine");
  const answer = ask("kind: Pod");
  stopEditing();
  endEditing();
  expect(await answer).toBeNull();
  expect(useEditor.getState().manifest).toBe("mine");
});
