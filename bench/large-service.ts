import { areaFile, ginPages } from "./gin-service.ts";
import { largeParts } from "./large-parts.ts";

/**
 * Files of a service that links what large services link, about 35 MB of it: main and twelve
 * packages of its own. It connects to nothing before it is asked, so that it needs no servers.
 */
export function largeService(): ReadonlyMap<string, string> {
  const files = new Map([
    ["go.mod", goMod],
    ["main.go", main],
    ["internal/pages/pages.go", ginPages("v0")],
  ]);
  for (const [name, text] of largeParts) files.set(`internal/${name}/${name}.go`, text);
  for (const [name, entity] of areas)
    files.set(`internal/${name}/${name}.go`, areaFile(name, entity));
  return files;
}

const areas: readonly (readonly [name: string, entity: string])[] = [
  ["orders", "Order"],
  ["payments", "Payment"],
  ["reviews", "Review"],
];

const goMod = `module example.com/platform

go 1.26.0

require (
	github.com/gin-gonic/gin v1.10.1
	github.com/jackc/pgx/v5 v5.12.0
	github.com/nats-io/nats.go v1.55.0
	github.com/prometheus/client_golang v1.25.0
	github.com/spf13/cobra v1.10.2
	github.com/spf13/viper v1.21.0
	go.uber.org/zap v1.28.0
	google.golang.org/grpc v1.85.0
)
`;

const main = `// Platform is a web service that uses what large services use.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/gin-gonic/gin"

	"example.com/platform/internal/command"
	"example.com/platform/internal/config"
	"example.com/platform/internal/httpapi"
	"example.com/platform/internal/logging"
	"example.com/platform/internal/metrics"
	"example.com/platform/internal/orders"
	"example.com/platform/internal/pages"
	"example.com/platform/internal/payments"
	"example.com/platform/internal/reviews"
	"example.com/platform/internal/rpc"
)

func main() {
	if err := command.New(serve).ExecuteContext(context.Background()); err != nil {
		os.Exit(1)
	}
}

func serve(_ context.Context, settings *config.Config) error {
	log, err := logging.New()
	if err != nil {
		return err
	}
	stop, err := rpc.Serve(log)
	if err != nil {
		return err
	}
	defer stop()
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(gin.Recovery(), logging.Requests(log))
	metrics.Register(router)
	pages.Register(router)
	httpapi.Register(router, settings)
	orders.Register(router.Group("/orders"), orders.NewStore())
	payments.Register(router.Group("/payments"), payments.NewStore())
	reviews.Register(router.Group("/reviews"), reviews.NewStore())
	return router.Run(fmt.Sprintf("127.0.0.1:%d", settings.Port))
}
`;
