package wire

import (
	"context"
)

// Dial connects and logs in. Its errors are ErrUnreachable or ErrLogin.
func (d *Dialer) Dial(ctx context.Context) (*Session, error) {
	s, err := d.open(ctx)
	if err == nil {
		d.remember(s)
		return s, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, d.explain(err)
}

func (d *Dialer) open(ctx context.Context) (*Session, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*(d.Waits.Connect+d.Waits.IO))
	defer cancel()
	raw, err := d.connect(ctx, d.Settings.Address())
	if err != nil {
		return nil, &Step{Name: "connect", Err: err}
	}
	s := d.session(raw)
	stop := context.AfterFunc(ctx, s.kill)
	err = login{s}.open()
	if !stop() && err == nil {
		err = &Step{Name: "login", Err: ctx.Err()}
	}
	if err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

func (d *Dialer) session(raw *conn) *Session {
	raw.prompt = true
	s := &Session{Dialer: d, control: newControl(raw, newTrace(d.Trace.Session(), d.Password))}
	s.control.noEPSV, s.control.fits = &d.noEPSV, d.Fits
	life, kill := context.WithCancelCause(context.Background())
	s.Life, s.kill = life, func() { kill(errAborted) }
	context.AfterFunc(s.Life, raw.abort)
	if d.TLS != nil {
		secureBy(s, d.TLS)
	}
	s.control.patience(d.Waits.Connect, connectTimeout)
	return s
}
