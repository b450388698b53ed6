package main

import "context"

// cost is what something takes of a number of commands or data connections: once, for
// each set without its files, and for each file.
type cost struct{ once, set, file float64 }

// The trees are so large that what a program tries first, and only with the first folders,
// is a part of cost.once.
const fewSets, manySets, fewFiles, manyFiles = 6, 18, 8, 24

// costShapes are three trees that differ in one number each.
func costShapes(w work) [3]shape {
	sets := func(n int) int { return n + w.spared }
	return [3]shape{
		{vms: 1, sets: sets(fewSets), files: fewFiles, size: 1024},
		{vms: 1, sets: sets(fewSets), files: manyFiles, size: 1024},
		{vms: 1, sets: sets(manySets), files: fewFiles, size: 1024},
	}
}

// solve finds the cost from what the trees of costShapes took.
func solve(took [3]int) cost {
	var c cost
	c.file = float64(took[1]-took[0]) / (fewSets * (manyFiles - fewFiles))
	c.set = float64(took[2]-took[0])/(manySets-fewSets) - c.file*fewFiles
	c.once = float64(took[0]) - c.set*fewSets - c.file*fewSets*fewFiles
	return c
}

// costRow is what one program takes for a work, on one server with one connection.
type costRow struct {
	server, work, program string
	commands, data        cost
	err                   error
}

// costsOn counts what the works with many files take on a server in clear.
func (b *bench) costsOn(ctx context.Context, at setting) ([]costRow, error) {
	at.connections = 1
	var rows []costRow
	for _, name := range []string{small, plan, remove} {
		more, err := b.costsOf(ctx, worksOf(peers{b.tools})[name], at)
		if err != nil {
			return rows, err
		}
		rows = append(rows, more...)
	}
	return rows, empty(b.cache)
}

func (b *bench) costsOf(ctx context.Context, w work, at setting) ([]costRow, error) {
	var counted [3][]result
	for i, s := range costShapes(w) {
		j, err := b.job(w, s, at)
		if err != nil {
			return nil, err
		}
		counted[i] = b.selected(w, j)
		if err := b.countAll(ctx, w, j, counted[i]); err != nil {
			return nil, err
		}
	}
	var rows []costRow
	for k, first := range counted[0] {
		row := costRow{server: at.server.Name, work: w.name, program: first.program.name}
		var commands, data [3]int
		for i := range counted {
			r := counted[i][k]
			commands[i], data[i] = r.counts.total(), r.counts.data
			if r.err != nil {
				row.err = r.err
			}
		}
		row.commands, row.data = solve(commands), solve(data)
		rows = append(rows, row)
	}
	return rows, nil
}
