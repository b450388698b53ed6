package diff

// ApprovalRule is broken by every delete of a plan of which only the rest is
// approved.
const ApprovalRule = "approval"

const unapprovedText = "its delete waits for approval"

// OnlyCreate is the plan without its deletes and replacements, and without what
// needs one of them. Guard.Waiting names them. A plan without any stays as it is.
func (p *Plan) OnlyCreate() *Plan {
	rest, dropped := p.without(Change.deletesSet, unapprovedText)
	if len(dropped) == 0 {
		return p
	}
	rest, crowded := rest.withinQuotas(dropped, unapprovedText)
	dropped = append(dropped, crowded...)
	rest.Guard = rest.judge(*p.Guard, p.stocks())
	rest.noteWaiting(dropped, "are not approved")
	waiting := deletedAddresses(dropped)
	rest.Guard.Refusals, rest.Guard.Waiting = []Refusal{{Rule: ApprovalRule, Loss: Loss{Deletes: len(waiting)}}}, waiting
	return rest
}

// Unapproved reports that what waits does so for nothing but an approval.
func (p *Plan) Unapproved() bool {
	return len(p.Waiting()) > 0 && p.Guard.Refusals[0].Rule == ApprovalRule
}

// deletedAddresses are the addresses of the deletes and replacements.
func deletedAddresses(changes []Change) (addresses []string) {
	for _, c := range changes {
		if c.deletesSet() {
			addresses = append(addresses, c.Address)
		}
	}
	return addresses
}
