package gust__shim

import (
	gust__context "context"
	gust__reflect "reflect"
	gust__sync "sync"
	gust__atomic "sync/atomic"
	_ "unsafe" // for go:linkname

	gust__grpc "google.golang.org/grpc"
)

// Servers of gRPC speak HTTP/2 by themselves, so net/http does not say goodbye for them. This file
// is added where they are linked. What it reaches inside of them is looked at before it is used:
// with a version of gRPC that has it not, nothing happens.

// gust__grpcOptions holds a func(...grpc.ServerOption), whose options are those of every server that
// is made later.
//
//go:linkname gust__grpcOptions google.golang.org/grpc/internal.AddGlobalServerOptions
var gust__grpcOptions interface{}

// gust__grpcServer holds a func(context.Context) *grpc.Server, for the context of a call.
//
//go:linkname gust__grpcServer google.golang.org/grpc/internal.ServerFromContext
var gust__grpcServer interface{}

// gust__grpcServers are the servers that were called, as *grpc.Server.
var gust__grpcServers gust__sync.Map

// gust__grpcWired is initialised before the program can make a server.
var gust__grpcWired = gust__wireGRPC()

func gust__wireGRPC() bool {
	add, ok := gust__grpcOptions.(func(...gust__grpc.ServerOption))
	if _, known := gust__grpcServer.(func(gust__context.Context) *gust__grpc.Server); !ok || !known || !gust__wired {
		return false
	}
	add(gust__grpc.ChainUnaryInterceptor(gust__onCall), gust__grpc.ChainStreamInterceptor(gust__onStream))
	sweep, goodbye := gust__sweep, gust__goodbye
	// Again and again: a connection may just have been made.
	gust__sweep = func() int {
		moving := gust__call(sweep)
		gust__drainGRPC()
		return moving
	}
	gust__goodbye = func() {
		goodbye()
		gust__drainGRPC()
	}
	return true
}

func gust__onCall(ctx gust__context.Context, question interface{}, _ *gust__grpc.UnaryServerInfo, handle gust__grpc.UnaryHandler) (interface{}, error) {
	gust__noteGRPC(ctx)
	gust__atomic.AddInt32(&gust__active, 1)
	defer gust__atomic.AddInt32(&gust__active, -1)
	return handle(ctx, question)
}

func gust__onStream(own interface{}, stream gust__grpc.ServerStream, _ *gust__grpc.StreamServerInfo, handle gust__grpc.StreamHandler) error {
	gust__noteGRPC(stream.Context())
	return handle(own, stream)
}

func gust__noteGRPC(ctx gust__context.Context) {
	of := gust__grpcServer.(func(gust__context.Context) *gust__grpc.Server)
	if server := of(ctx); server != nil {
		gust__grpcServers.LoadOrStore(server, nil)
	}
}

// gust__drainGRPC has every connection send GOAWAY, which it does once: its client makes the next
// call on a new connection, and it is closed when the calls under way have ended.
func gust__drainGRPC() {
	gust__grpcServers.Range(func(server, _ interface{}) bool {
		gust__drainServer(server.(*gust__grpc.Server))
		return true
	})
}

func gust__drainServer(server *gust__grpc.Server) {
	value := gust__reflect.ValueOf(server).Elem()
	mu, ok := gust__field(value, "mu", gust__reflect.TypeOf(gust__sync.Mutex{}))
	held := value.FieldByName("conns")
	if !ok || !held.IsValid() || held.Kind() != gust__reflect.Map {
		return
	}
	conns, _ := gust__field(value, "conns", held.Type())
	lock := mu.Addr().Interface().(*gust__sync.Mutex)
	lock.Lock()
	defer lock.Unlock()
	// By the address of the listener, sets of connections.
	for _, address := range conns.MapKeys() {
		set := conns.MapIndex(address)
		if set.Kind() != gust__reflect.Map {
			return
		}
		for _, connection := range set.MapKeys() {
			gust__drainConnection(connection)
		}
	}
}

// gust__drainConnection leaves those alone that came through net/http, which says goodbye itself.
func gust__drainConnection(connection gust__reflect.Value) {
	at := connection.Interface()
	if gust__reflect.TypeOf(at).String() != "*transport.http2Server" {
		return
	}
	if one, ok := at.(interface{ Drain(debugData string) }); ok {
		one.Drain("")
	}
}
