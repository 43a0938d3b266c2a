package wire

import (
	"context"
	"errors"
)

func (c *Client) startTLS(ctx context.Context) error {
	if c.server.Security == Required {
		return c.secure(ctx, false)
	}
	return nil
}

func (c *Client) secure(ctx context.Context, implicit bool) error {
	return c.fail(StageTLS, NotAllowed, Reply{}, errors.New("unwritten"))
}
