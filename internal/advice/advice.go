// Package advice returns hints: what the user can type or change after an
// error. Types of errors and reply codes decide, never the words of a server.
package advice
