import { message } from "#proto/codec/message.js";
import { addressKey, hashKey, textKey, u32Key, u64Key } from "../../store/key-codec.js";
import { keyspace } from "../../store/keyspace.js";
import { amountValue, bytesValue, messageValue, presentValue, u64Value } from "../../store/value-codec.js";

/** Every key of the datanet module. A number is permanent: never renumbered, never reused. */
const datanet = keyspace(0x10);

const datanetValue = messageValue(message("tributary.datanet.v1.Datanet"));
const countsValue = messageValue(message("tributary.datanet.v1.DatanetCounts"));
const termsValue = messageValue(message("tributary.datanet.v1.Terms"));
const commitmentValue = messageValue(message("tributary.datanet.v1.Commitment"));
const contributionValue = messageValue(message("tributary.datanet.v1.Contribution"));
const uploadValue = messageValue(message("tributary.datanet.v1.Upload"));
const reviewValue = messageValue(message("tributary.datanet.v1.Review"));
const acceptedValue = messageValue(message("tributary.datanet.v1.Accepted"));
const releaseValue = messageValue(message("tributary.datanet.v1.Release"));
const paramsValue = messageValue(message("tributary.datanet.v1.Params"));

/** Parameters of the module. */
export const params = datanet.table(0x01, [], paramsValue); // 10|01
/** The next datanet id; ids start at 1. */
export const nextDatanetId = datanet.table(0x02, [], u64Value); // 10|02
/** The next contribution id; ids start at 1 and have no gaps. */
export const nextContributionId = datanet.table(0x03, [], u64Value); // 10|03
/** The height of the last intent, and the next index at that height. */
export const intentCounter = datanet.table(0x04, [], commitmentValue); // 10|04: the height of the last intent and the next index there
/** Number of fingerprints of open intents, uploads and contributions that stand. */
export const takenFingerprints = datanet.table(0x05, [], u64Value); // 10|05

/** Datanets by id. */
export const datanets = datanet.table(0x10, [u64Key], datanetValue); // 10|10|datanet
/** Datanet ids by slug. */
export const slugs = datanet.table(0x11, [textKey], u64Value); // 10|11|slug: datanet
/** Counts of contributions and releases, by datanet. */
export const counts = datanet.table(0x12, [u64Key], countsValue); // 10|12|datanet
/** Terms, by datanet and version. */
export const terms = datanet.table(0x13, [u64Key, u32Key], termsValue); // 10|13|datanet|version
/** Addresses of allow-lists, by datanet. */
export const allowed = datanet.table(0x14, [u64Key, addressKey], presentValue); // 10|14|datanet|address
/** Treasury balances in base units, by datanet. */
export const treasuries = datanet.table(0x15, [u64Key], amountValue); // 10|15|datanet

/** Open commitments, by owner and commitment. */
export const commitments = datanet.table(0x20, [addressKey, hashKey], commitmentValue); // 10|20|owner|commitment
/** Open commitments by their last height. */
export const expiries = datanet.table(0x21, [u64Key, addressKey, hashKey], presentValue); // 10|21|last height|owner|commitment

/** Contributions by id. */
export const contributions = datanet.table(0x30, [u64Key], contributionValue); // 10|30|contribution
/** Claimed content roots, by datanet. */
export const contents = datanet.table(0x31, [u64Key, hashKey], u64Value); // 10|31|datanet|content root: contribution
/** Index: contributions of a datanet. */
export const byDatanet = datanet.table(0x32, [u64Key, u64Key], presentValue); // 10|32|datanet|contribution
/** Index: contributions of an owner. */
export const byOwner = datanet.table(0x33, [addressKey, u64Key], presentValue); // 10|33|owner|contribution
/** Progress of incomplete contributions. */
export const uploads = datanet.table(0x34, [u64Key], uploadValue); // 10|34|contribution, while incomplete
/** Packed fingerprints, by contribution and chunk index. */
export const chunks = datanet.table(0x35, [u64Key, u32Key], bytesValue); // 10|35|contribution|index: packed fingerprints
/** Contributions that became complete, were accepted or withdrawn at a height, for the fingerprint index. */
export const standingChanges = datanet.table(0x36, [u64Key, u64Key], presentValue); // 10|36|height|contribution
/** Incomplete contributions by their last height. */
export const uploadExpiries = datanet.table(0x38, [u64Key, u64Key], presentValue); // 10|38|last height|contribution
/** Withdrawn contributions whose deposit is still locked, by the height at which their proofs expire. */
export const proofExpiries = datanet.table(0x39, [u64Key, u64Key], presentValue); // 10|39|height|contribution
/** Verdicts, by contribution and curator. */
export const reviews = datanet.table(0x37, [u64Key, addressKey], reviewValue); // 10|37|contribution|curator

/** Accepted contributions of a datanet, in the order of ids. */
export const accepted = datanet.table(0x40, [u64Key, u64Key], acceptedValue); // 10|40|datanet|contribution
/** Releases, by datanet and number. */
export const releases = datanet.table(0x41, [u64Key, u32Key], releaseValue); // 10|41|datanet|number
/** For each release, the least first release of the contributions withdrawn after it. */
export const withdrawals = datanet.table(0x42, [u64Key, u32Key], u64Value); // 10|42|datanet|last release: least first release of what was withdrawn behind it
