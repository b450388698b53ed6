package mem

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/vmxsync/vmxsync/providers"
)

// reader delivers the content of one file and holds a session until it is
// closed.
type reader struct {
	ctx  context.Context // of the Open call: it governs the reading, too
	from *bytes.Reader
	end  func()
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

func (r *reader) Close() error {
	r.end()
	return nil
}

// readBody returns begin and what follows it in body, also on error: it is the
// part that stays.
func readBody(ctx context.Context, body providers.Body, begin []byte) ([]byte, error) {
	r, err := body.Open(int64(len(begin)))
	if err != nil {
		return begin, err
	}
	defer r.Close()
	part := bytes.NewBuffer(bytes.Clone(begin))
	err = copyBlocks(ctx, part, io.LimitReader(r, body.Size()-int64(len(begin))+1))
	content := part.Bytes()
	switch got, want := int64(len(content)), body.Size(); {
	case err != nil:
		return content, err
	case got < want:
		return content, fmt.Errorf("body ended after %d of %d bytes: %w", got, want, io.ErrUnexpectedEOF)
	case got > want:
		return content[:want], fmt.Errorf("body continues after its %d bytes", want)
	}
	return content, nil
}

// copyBlocks looks at ctx between blocks, and prefers its error to the one of
// a body that failed because of it.
func copyBlocks(ctx context.Context, to io.Writer, from io.Reader) error {
	for {
		_, err := io.CopyN(to, from, 64<<10)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
