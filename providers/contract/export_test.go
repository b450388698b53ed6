package contract

// Consequences are written by the name of the rule.
var Consequences = consequences

// RuleNeeds are written by the name of the rule.
var RuleNeeds = ruleNeeds
