package provider

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/redact"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// Server returns the server that speaks plugin protocol 6 for the provider.
func Server(version string) (tfprotov6.ProviderServer, error) {
	v := &vicidial{version: version}
	fast, err := v.fastPath(providerserver.NewProtocol6(v)())
	if err != nil {
		return nil, err
	}
	runs := &runServer{Framework: redact.New(fast), drop: func(found outdated) {
		opened := v.store.Load()
		if opened == nil {
			return
		}
		if found.planned {
			opened.DropChanges()
		}
		if found.claims {
			opened.DropNumberClaims()
		}
		if found.tables {
			opened.Forget()
		}
		if found.instances {
			opened.BeginRun()
			opened.DropInstances()
			opened.DropActions()
			opened.DropFloorClaims()
		}
	}}
	return &stopServer{Framework: runs, running: map[chan struct{}]bool{}}, nil
}

// fastPathResources are the resources for which the fast path saves time: a cluster has hundreds
// of their objects, or thousands of values in one.
var fastPathResources = []func() resource.Resource{newCarrierRoute, newInboundDID, newInboundNumbers, newServer, newTrunkSplit}

func (v *vicidial) fastPath(framework tfprotov6.ProviderServer) (*fastpath.Server, error) {
	data := func() any {
		if opened := v.store.Load(); opened != nil {
			return opened
		}
		return nil
	}
	return fastpath.New(context.Background(), framework, tfhelper.ProviderType, data, fastPathResources...)
}

// stopGrace is the time in which a stopped action may end: a running statement is not
// interrupted.
const stopGrace = 10 * time.Second

// stopServer answers StopProvider after the running actions have reported that
// they were stopped. Once StopProvider is answered, no event of an action reaches
// Terraform, which takes an action that ends without one for a success: it prints
// "Apply complete!" and exits with 0 although the node is not drained.
type stopServer struct {
	fastpath.Framework

	mutex   sync.Mutex
	running map[chan struct{}]bool // closed when the last event was sent
}

// InvokeAction records the invocation until its last event is sent.
func (s *stopServer) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := s.Framework.InvokeAction(ctx, req)
	if err != nil {
		return nil, err
	}
	events, ended := stream.Events, make(chan struct{})
	s.mutex.Lock()
	s.running[ended] = true
	s.mutex.Unlock()
	stream.Events = func(push func(tfprotov6.InvokeActionEvent) bool) {
		defer func() {
			s.mutex.Lock()
			delete(s.running, ended)
			s.mutex.Unlock()
			close(ended)
		}()
		events(push)
	}
	return stream, nil
}

// StopProvider stops the running requests, and waits for the last events of the actions.
func (s *stopServer) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	resp, err := s.Framework.StopProvider(ctx, req)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	s.mutex.Lock()
	var running []chan struct{}
	for ended := range s.running { // waited for one after the other, in any order
		running = append(running, ended)
	}
	s.mutex.Unlock()
	for _, ended := range running {
		select {
		case <-ended:
		case <-ctx.Done():
		}
	}
	return resp, err
}
