// Package config reads accounts and finds secrets.
package config
