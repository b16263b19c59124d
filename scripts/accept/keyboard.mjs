// What a person types at a password, letter by letter, where the terminal hands over each key.
const [CTRL_C, CTRL_U, CTRL_W] = ["\u0003", "\u0015", "\u0017"];
const add = (name) => `tribd keys add ${name} --no-backup`;

/** Lines in one home, what is typed at their first questions in turn, the exit code and what is printed. */
export const keyboard = [
  { line: add("stopped"), typed: [`correct horse${CTRL_C}`], code: 130, prints: /interrupted/ },
  { line: add("repeated"), typed: ["correct horse battery\n", CTRL_C], code: 130, prints: /interrupted/ },
  {
    line: add("edited"),
    typed: [`wrong one${CTRL_U}correct horse batt ${CTRL_W}battery\n`, "correct horsf\u007fe battery\n"],
    code: 0,
    prints: /edited/,
  },
  // The password is the edited line, and not what was typed.
  { line: "tribd keys export edited", typed: ["wrong one\n"], code: 7, prints: /password is wrong/ },
  { line: "tribd keys export edited", typed: [], code: 0, prints: /tributary\/exported-key/ },
  { line: "tribd keys list -q", typed: [], code: 0, prints: /^edited\n$/ },
];
