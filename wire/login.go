package wire

import (
	"context"
	"errors"
)

func (c *Client) login(ctx context.Context) error {
	return c.fail(StageAuth, NotAllowed, Reply{}, errors.New("unwritten"))
}
