/** Packages of the large service, each around one public module. */
export const largeParts: ReadonlyMap<string, string> = new Map([
  [
    "command",
    `// Package command is the command line of the service.
package command

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/platform/internal/config"
)

// New makes the root command, which serves.
func New(serve func(context.Context, *config.Config) error) *cobra.Command {
	var file string
	root := &cobra.Command{
		Use:          "platform",
		Short:        "Serves the platform",
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := config.Load(file)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), settings)
		},
	}
	root.PersistentFlags().StringVar(&file, "config", "", "file with settings")
	return root
}
`,
  ],
  [
    "config",
    `// Package config reads the settings from a file and from the environment.
package config

import (
	"time"

	"github.com/spf13/viper"
)

// Config is all that can be set.
type Config struct {
	Port     int           \`mapstructure:"port"\`
	Database string        \`mapstructure:"database"\`
	Redis    string        \`mapstructure:"redis"\`
	Keep     time.Duration \`mapstructure:"keep"\`
	Nats     string        \`mapstructure:"nats"\`
	Subject  string        \`mapstructure:"subject"\`
	Bucket   string        \`mapstructure:"bucket"\`
	Cluster  string        \`mapstructure:"kubeconfig"\`
}

// Load reads a file, if one is named; the environment wins.
func Load(file string) (*Config, error) {
	settings := viper.New()
	settings.SetDefault("port", 8080)
	settings.SetDefault("database", "postgres://localhost/platform")
	settings.SetDefault("redis", "localhost:6379")
	settings.SetDefault("keep", time.Minute)
	settings.SetDefault("nats", "nats://localhost:4222")
	settings.SetDefault("subject", "events")
	settings.SetDefault("bucket", "files")
	settings.SetDefault("kubeconfig", "")
	settings.AutomaticEnv()
	if file != "" {
		settings.SetConfigFile(file)
		if err := settings.ReadInConfig(); err != nil {
			return nil, err
		}
	}
	var found Config
	return &found, settings.Unmarshal(&found)
}
`,
  ],
  [
    "database",
    `// Package database keeps accounts in PostgreSQL.
package database

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Account is one row.
type Account struct {
	ID      int64     \`db:"id" json:"id"\`
	Name    string    \`db:"name" json:"name"\`
	Created time.Time \`db:"created" json:"created"\`
}

// Database is a pool of connections.
type Database struct{ pool *pgxpool.Pool }

// Open makes the pool, which connects with the first query.
func Open(ctx context.Context, address string) (*Database, error) {
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return nil, err
	}
	return &Database{pool: pool}, nil
}

// Accounts lists the newest accounts.
func (d *Database) Accounts(ctx context.Context, limit int) ([]Account, error) {
	rows, err := d.pool.Query(ctx, "select id, name, created from accounts order by id desc limit $1", limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Account])
}

// Close ends all connections.
func (d *Database) Close() { d.pool.Close() }
`,
  ],
  [
    "httpapi",
    `// Package httpapi answers other programs. What it asks is opened with the first request.
package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/platform/internal/config"
	"example.com/platform/internal/database"
	"example.com/platform/internal/queue"
)

// Register adds the routes.
func Register(router gin.IRouter, settings *config.Config) {
	router.GET("/accounts", func(c *gin.Context) {
		store, err := database.Open(c, settings.Database)
		if failed(c, err) {
			return
		}
		defer store.Close()
		accounts, err := store.Accounts(c, 100)
		if !failed(c, err) {
			c.JSON(http.StatusOK, accounts)
		}
	})
	router.POST("/events", func(c *gin.Context) {
		events, err := queue.Open(settings.Nats, settings.Subject)
		if failed(c, err) {
			return
		}
		defer events.Close()
		if !failed(c, events.Send(gin.H{"from": c.ClientIP()})) {
			c.Status(http.StatusAccepted)
		}
	})
}

func failed(c *gin.Context, err error) bool {
	if err != nil {
		c.AbortWithStatusJSON(http.StatusBadGateway, gin.H{"error": err.Error()})
	}
	return err != nil
}
`,
  ],
  [
    "logging",
    `// Package logging makes the logger of the service.
package logging

import (
	"time"

	"github.com/gin-gonic/gin"
	"go.uber.org/zap"
)

// New makes a logger that writes what is worth a look.
func New() (*zap.Logger, error) {
	settings := zap.NewProductionConfig()
	settings.Level = zap.NewAtomicLevelAt(zap.WarnLevel)
	return settings.Build()
}

// Requests logs each request.
func Requests(log *zap.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		begun := time.Now()
		c.Next()
		log.Info("request",
			zap.String("path", c.Request.URL.Path),
			zap.Int("status", c.Writer.Status()),
			zap.Duration("took", time.Since(begun)))
	}
}
`,
  ],
  [
    "metrics",
    `// Package metrics counts requests for Prometheus.
package metrics

import (
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Register adds the page of the metrics, and counts what is asked from then on.
func Register(router *gin.Engine) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector())
	took := promauto.With(registry).NewHistogramVec(
		prometheus.HistogramOpts{Name: "request_seconds", Help: "Time that requests took."},
		[]string{"path", "status"})
	router.Use(func(c *gin.Context) {
		begun := time.Now()
		c.Next()
		took.WithLabelValues(c.FullPath(), strconv.Itoa(c.Writer.Status())).
			Observe(time.Since(begun).Seconds())
	})
	router.GET("/metrics", gin.WrapH(promhttp.HandlerFor(registry, promhttp.HandlerOpts{})))
}
`,
  ],
  [
    "queue",
    `// Package queue sends events to NATS.
package queue

import (
	"encoding/json"

	"github.com/nats-io/nats.go"
)

// Queue is a connection that events are sent over.
type Queue struct {
	connection *nats.Conn
	subject    string
}

// Open connects.
func Open(address, subject string) (*Queue, error) {
	connection, err := nats.Connect(address)
	if err != nil {
		return nil, err
	}
	return &Queue{connection: connection, subject: subject}, nil
}

// Send tells an event as JSON, and waits until the server has it.
func (q *Queue) Send(event any) error {
	text, err := json.Marshal(event)
	if err != nil {
		return err
	}
	if err := q.connection.Publish(q.subject, text); err != nil {
		return err
	}
	return q.connection.Flush()
}

// Close ends the connection.
func (q *Queue) Close() { q.connection.Close() }
`,
  ],
  [
    "rpc",
    `// Package rpc serves gRPC for other services.
package rpc

import (
	"net"

	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
)

// Serve answers on a port that the system chooses, in the background; the result stops it.
func Serve(log *zap.Logger) (stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	reflection.Register(server)
	go func() {
		if err := server.Serve(listener); err != nil {
			log.Error("gRPC has ended", zap.Error(err))
		}
	}()
	return server.Stop, nil
}
`,
  ],
]);
