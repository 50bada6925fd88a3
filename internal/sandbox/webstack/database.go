package webstack

import (
	"context"
	"errors"
	"net"
	"sync"
)

// database is the database of a node's pages. It writes one line,
// system_settings.agent_script, to each connection. After Take it refuses
// connections, as a MariaDB that is down.
type database struct {
	address string
	mutex   sync.Mutex
	open    net.Listener
}

func newDatabase(ctx context.Context, address string) (*database, error) {
	d := &database{address: net.JoinHostPort(address, "0")}
	if err := d.start(ctx); err != nil {
		return nil, err
	}
	d.address = d.open.Addr().String()
	return d, nil
}

// start makes the database accept connections again.
func (d *database) start(ctx context.Context) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.open != nil {
		return nil
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", d.address)
	if err != nil {
		return err
	}
	d.open = listener
	go answer(listener)
	return nil
}

func answer(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return // closed by stop
		}
		go func() {
			_, _ = connection.Write([]byte("vicidial.php\n"))
			_ = connection.Close()
		}()
	}
}

// stop makes the database refuse connections.
func (d *database) stop() error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.open == nil {
		return errors.New("the database is away already")
	}
	err := d.open.Close()
	d.open = nil
	return err
}
