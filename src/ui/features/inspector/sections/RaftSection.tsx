import { Crown } from "lucide-react";
import type { RaftMemberView, Section } from "../../../../protocol/views.ts";
import { Scroll } from "../../../shared/controls/Scroll.tsx";
import { text } from "../text.ts";

const mostEntries = 9;

/** The members' logs side by side, by index: what is committed is filled, what is not is an outline. */
export function RaftSection({ section }: { readonly section: Extract<Section, { readonly type: "raft" }> }) {
  const last = Math.max(0, ...section.members.map(({ lastIndex }) => lastIndex));
  const first = Math.max(1, last - mostEntries + 1);
  const indexes = Array.from({ length: last - first + 1 }, (_, step) => first + step);
  return (
    <Scroll className="overflow-x-auto" label={section.title}>
      <table className="w-full table-fixed border-separate border-spacing-x-1 border-spacing-y-0.5 text-small">
        <thead>
          <tr>
            <td className="w-11" />
            {section.members.map((member) => (
              <th key={member.name} scope="col" className="max-w-36 text-left align-bottom font-normal">
                <Member member={member} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {indexes.map((index) => (
            <tr key={index}>
              <th scope="row" className="pr-1 text-right font-mono font-normal text-muted">
                {index}
              </th>
              {section.members.map((member) => (
                <Entry key={member.name} member={member} index={index} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Member({ member }: { readonly member: RaftMemberView }) {
  const leads = member.role === "leader" && member.alive;
  return (
    <span className={member.alive ? "" : "text-muted"}>
      <span className="flex items-center gap-1 font-semibold">
        {leads && <Crown size={14} aria-hidden="true" className="shrink-0 text-accent" />}
        <span className="truncate">{member.name.replace("control-plane-", "cp-")}</span>
      </span>
      <span className={`block ${member.alive ? "" : "font-semibold text-bad"}`}>
        {member.alive ? member.role : text.down}
      </span>
      <span className="block text-muted">
        {text.term(member.term)}, {text.commit(member.commit)}
      </span>
    </span>
  );
}

function Entry({ member, index }: { readonly member: RaftMemberView; readonly index: number }) {
  const entry = member.entries.find((one) => one.index === index);
  if (!entry) {
    return (
      <td className="rounded border border-dashed border-line px-1 text-center text-muted">
        {index < member.firstIndex && index > 0 ? "·" : ""}
      </td>
    );
  }
  const state = entry.committed ? text.committed : text.notCommitted;
  return (
    <td
      title={`${entry.what}, ${text.term(entry.term)}, ${state}`}
      className={`max-w-36 truncate rounded border px-1 ${
        entry.committed ? "border-accent/60 bg-accent-soft" : "border-dashed border-line-strong"
      } ${member.alive ? "" : "opacity-60"}`}
    >
      <span className="mr-1 font-mono text-muted">{entry.term}</span>
      {entry.what}
      <span className="sr-only">, {state}</span>
    </td>
  );
}
