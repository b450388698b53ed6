package notice

// List writes the notices, place by place.
func List(notes []Note, places []string) []Notice {
	type of struct {
		place string
		kind  *Kind
	}
	tallies := map[of]*Tally{}
	for _, x := range notes {
		key := of{x.Place, x.Kind}
		if tallies[key] == nil {
			tallies[key] = Add()
		}
		tallies[key].add(x)
	}
	var list []Notice
	for _, place := range places {
		for _, kind := range Kinds {
			if t := tallies[of{place, kind}]; t != nil {
				list = append(list, kind.Sum(t))
			}
		}
	}
	return list
}
