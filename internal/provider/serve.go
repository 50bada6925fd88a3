package provider

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/inbounddid"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/server"
	"github.com/vicidial/terraform-provider-vicidial/internal/provider/trunksplit"
)

// Server returns the maker of the server that speaks for the provider over
// plugin protocol 6.
func Server(version string) func() tfprotov6.ProviderServer {
	of := &vicidial{version: version}
	serve := providerserver.NewProtocol6(of)
	return func() tfprotov6.ProviderServer {
		plain := serve()
		whole, ok := plain.(wholeServer)
		if !ok {
			return plain
		}
		steady := &steadyServer{wholeServer: whole, rooms: steadyRooms(context.Background()), cluster: &of.cluster}
		return &patientServer{wholeServer: steady, running: map[chan struct{}]bool{}}
	}
}

// many are the rooms of which a cluster has hundreds of objects. Each may be
// asked twice in one plan: what it notes of the plan is the same both times.
var many = []func() resource.Resource{inbounddid.New, server.New, trunksplit.New}

// steadyRooms are those of many for which a short answer is right.
func steadyRooms(ctx context.Context) map[string]steadyRoom {
	rooms := map[string]steadyRoom{}
	for _, construct := range many {
		if room, err := describe(ctx, construct); err == nil { // a test demands it
			rooms[room.name] = room
		}
	}
	return rooms
}

// wholeServer is all that Terraform may ask of this provider.
type wholeServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// stopGrace is how long a stopped action may take to come to its end: a
// statement that is on its way is not cut off.
const stopGrace = 10 * time.Second

// patientServer lets actions that are stopped say so. Once a server has answered
// that it has stopped, nothing that an action still tells reaches Terraform, and
// Terraform takes an action that ends without a word for a success: it prints
// "Apply complete!" and exits with 0 while agents are at work on the node that
// was to be drained.
type patientServer struct {
	wholeServer

	mutex   sync.Mutex
	running map[chan struct{}]bool // closed when the invocation has told of its end
}

// InvokeAction notes the invocation until it has told of its end.
func (s *patientServer) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := s.wholeServer.InvokeAction(ctx, req)
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

// StopProvider stops what runs, and gives actions the time to tell of it.
func (s *patientServer) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	resp, err := s.wholeServer.StopProvider(ctx, req)
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
