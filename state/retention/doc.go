// Package retention decides which sets of one group are kept and which are
// deleted, and gives reasons for both.
//
// It is pure: policy, sets and now come in, decisions go out; no clock, no
// disk, no network, and O(n log n). A group is one VM at one destination, and
// no group knows of another. See the example of Decide.
package retention
