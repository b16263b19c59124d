/**
 * DEVELOPMENT ONLY. These mnemonics are public: anyone who reads this file owns their coins. They exist so that a
 * development chain has the same accounts after every reset. tribd refuses to sign with them, and to put them into a
 * genesis, unless the chain id is a development one.
 */
export type Role = "contributor" | "developer" | "investor" | "consumer";

export interface DevelopmentAccount {
  readonly name: string;
  readonly role: Role;
  readonly mnemonic: string;
}

export const developmentAccounts: readonly DevelopmentAccount[] = [
  {
    name: "alice",
    role: "contributor",
    mnemonic: "giggle pottery album scorpion suspect swift noble tube exchange acoustic swift laugh",
  },
  {
    name: "dave",
    role: "contributor",
    mnemonic: "shock you luggage industry enlist trip suspect skull stove clerk fly scissors",
  },
  {
    name: "erin",
    role: "contributor",
    mnemonic: "service cotton leave border witness parade bomb spider myth home hip burger",
  },
  {
    name: "frank",
    role: "contributor",
    mnemonic: "thumb squeeze coast client member card goose artwork shock month armor chuckle",
  },
  {
    name: "bob",
    role: "developer",
    mnemonic: "tonight actor symbol metal punch goddess nature clean employ depth gym brand",
  },
  {
    name: "carol",
    role: "investor",
    mnemonic: "area erupt matter beach raccoon trouble search awful apple purpose carbon illegal",
  },
  {
    name: "grace",
    role: "consumer",
    mnemonic: "ride gold idle valve pave opinion turtle chair promote appear bronze attend",
  },
  {
    name: "heidi",
    role: "consumer",
    mnemonic: "ribbon mandate embrace tree glare craft embrace recycle uncle forward sing cube",
  },
];

export const developmentWarning =
  "These accounts are for development. Their mnemonics are public: anything sent to them on another chain is lost.";
