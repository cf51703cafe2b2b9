/** Files of a service as people write them with gin: main and nine packages of its own. */
export function ginService(): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ["go.mod", goMod],
    ["main.go", main()],
    ["internal/pages/pages.go", pages],
  ]);
  for (const [name, entity] of areas) {
    files.set(`internal/${name}/${name}.go`, areaFile(name, entity));
  }
  return files;
}

/** A package that keeps records of one kind in memory and serves them. */
export const areaFile = (name: string, entity: string): string =>
  areaText.replaceAll(/\bEntity\b/g, entity).replaceAll(/\barea\b/g, name);

/** The file with the constant, `internal/pages/pages.go`, when it says this. */
export const ginPages = (marker: string): string => pages.replace("v0", marker);

const areas: readonly (readonly [name: string, entity: string])[] = [
  ["accounts", "Account"],
  ["basket", "Basket"],
  ["catalog", "Product"],
  ["invoices", "Invoice"],
  ["orders", "Order"],
  ["payments", "Payment"],
  ["reviews", "Review"],
  ["shipping", "Parcel"],
];

const goMod = `module example.com/shop

go 1.21

require github.com/gin-gonic/gin v1.10.1
`;

const pages = `// Package pages answers what people look at.
package pages

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

const greeting = "v0"

// Register adds the routes.
func Register(router gin.IRouter) {
	router.GET("/", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"greeting": greeting, "path": c.Request.URL.Path})
	})
	router.GET("/hello/:name", func(c *gin.Context) {
		c.String(http.StatusOK, "%s, %s!", greeting, c.Param("name"))
	})
}
`;

function main(): string {
  const imports = [...areas.map(([name]) => name), "pages"];
  return `// Shop is a web service made of several packages.
package main

import (
	"log"
	"os"

	"github.com/gin-gonic/gin"

${imports.map((name) => `	"example.com/shop/internal/${name}"`).join("\n")}
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(gin.Recovery())
	pages.Register(router)
${areas.map(([name]) => `	${name}.Register(router.Group("/${name}"), ${name}.NewStore())`).join("\n")}
	if err := router.Run("127.0.0.1:" + os.Getenv("PORT")); err != nil {
		log.Fatal(err)
	}
}
`;
}

const areaText = `// Package area keeps every Entity and serves them as JSON.
package area

import (
	"errors"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// Entity is one record.
type Entity struct {
	ID      int       \`json:"id"\`
	Title   string    \`json:"title" binding:"required,min=2,max=80"\`
	Note    string    \`json:"note" binding:"max=400"\`
	Amount  int64     \`json:"amount" binding:"gte=0"\`
	Created time.Time \`json:"created"\`
}

// ErrUnknown says that there is no such Entity.
var ErrUnknown = errors.New("area: no such record")

// Store keeps records in memory. The zero value is not ready for use.
type Store struct {
	mutex sync.RWMutex
	next  int
	items map[int]Entity
}

// NewStore makes an empty store.
func NewStore() *Store {
	return &Store{next: 1, items: map[int]Entity{}}
}

// Add keeps a record and gives it a number.
func (s *Store) Add(item Entity) Entity {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	item.ID, item.Created = s.next, time.Now()
	item.Title = strings.TrimSpace(item.Title)
	s.items[item.ID] = item
	s.next++
	return item
}

// Get finds a record by its number.
func (s *Store) Get(id int) (Entity, error) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	item, ok := s.items[id]
	if !ok {
		return Entity{}, ErrUnknown
	}
	return item, nil
}

// Search lists records whose title or note has the words in it, newest first.
func (s *Store) Search(words string) []Entity {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	found := make([]Entity, 0, len(s.items))
	for _, item := range s.items {
		if strings.Contains(strings.ToLower(item.Title+" "+item.Note), strings.ToLower(words)) {
			found = append(found, item)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].ID > found[j].ID })
	return found
}

// Register adds the routes.
func Register(router gin.IRouter, store *Store) {
	router.GET("", func(c *gin.Context) {
		c.JSON(http.StatusOK, store.Search(c.Query("q")))
	})
	router.GET("/:id", func(c *gin.Context) {
		id, err := strconv.Atoi(c.Param("id"))
		if err != nil {
			c.AbortWithStatusJSON(http.StatusBadRequest, gin.H{"error": "the number is none"})
			return
		}
		item, err := store.Get(id)
		if err != nil {
			c.AbortWithStatusJSON(http.StatusNotFound, gin.H{"error": err.Error()})
			return
		}
		c.JSON(http.StatusOK, item)
	})
	router.POST("", func(c *gin.Context) {
		var item Entity
		if err := c.ShouldBindJSON(&item); err != nil {
			c.AbortWithStatusJSON(http.StatusUnprocessableEntity, gin.H{"error": err.Error()})
			return
		}
		c.JSON(http.StatusCreated, store.Add(item))
	})
}
`;
