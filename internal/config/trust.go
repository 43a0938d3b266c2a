package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"mailpipe/internal/fileowner"
	"mailpipe/internal/shell"
)

// checkTrusted returns an error if a user other than this one and root owns the
// file or can write it. Such a user could run commands as this one. A file of an
// unknown owner, as on Windows, passes.
func checkTrusted(name string, info fs.FileInfo) error {
	// Only root makes a device, and its mode is not about its content. A directory cannot be read.
	if info.Mode()&(fs.ModeDevice|fs.ModeDir) != 0 {
		return nil
	}
	_, group, ok := fileowner.Of(info)
	if !ok {
		return nil
	}
	reason, fix := otherOwner(name, info, 0)
	mode := info.Mode().Perm()
	if reason == "" && (mode&0o002 != 0 || mode&0o020 != 0 && !isPrivateGroup(group)) {
		reason = fmt.Sprintf("can be written by other users (mode %04o)", mode)
		fix = "chmod go-w " + shell.File(name)
	}
	if reason == "" {
		return nil
	}
	return &SettingError{Origin: Origin{File: name}, Reason: reason, Fix: fix}
}

// checkPrivate returns an error if the file belongs to another user, or if
// another user can read or write it. A mounted secret may belong to root, and
// others may read it. If the owner is unknown, as on Windows, only the type of the file
// is checked.
func checkPrivate(name string, info fs.FileInfo) error {
	owner, forbidden, change := os.Geteuid(), fs.FileMode(0o077), "chmod 600 "
	if isMounted(name) {
		owner, forbidden, change = 0, 0o022, "chmod go-w "
	}
	_, _, known := fileowner.Of(info)
	if !known {
		forbidden = 0
	}
	reason, fix := otherOwner(name, info, owner)
	mode := info.Mode()
	switch {
	case mode.IsDir():
		reason, fix = "is a directory", ""
	case mode&fs.ModeDevice != 0: // its mode must not be changed
		reason, fix = "is a device", ""
	case reason == "" && mode.Perm()&forbidden != 0:
		reason = fmt.Sprintf("is accessible to other users (mode %04o)", mode.Perm())
		fix = change + shell.File(name)
	}
	if reason == "" {
		return nil
	}
	return &SecretError{Source: name, Reason: reason, Fix: fix}
}

// otherOwner returns a reason and a command that helps if a user other than this
// one and the allowed one owns the file.
func otherOwner(name string, info fs.FileInfo, allowed int) (reason, fix string) {
	owner, _, ok := fileowner.Of(info)
	uid := os.Geteuid()
	if !ok || owner == uid || owner == allowed {
		return "", ""
	}
	reason = fmt.Sprintf("belongs to user %d, not to user %d, who runs mailpipe", owner, uid)
	return reason, fmt.Sprintf("chown %d %s", uid, shell.File(name))
}

// isPrivateGroup reports whether a group has no members except the user and
// root. On Debian each user has such a group.
func isPrivateGroup(gid int) bool {
	users, err1 := os.ReadFile("/etc/passwd")
	groups, err2 := os.ReadFile("/etc/group")
	if errors.Join(err1, err2) != nil {
		return false
	}
	members := groupMembers(string(users), string(groups), fmt.Sprint(gid))
	return len(members) > 0 && !slices.ContainsFunc(members, func(id string) bool {
		return id != fmt.Sprint(os.Geteuid()) && id != "0"
	})
}

// groupMembers returns the user ids of the members of a group, which passwd(5)
// and group(5) list. The id of an unknown member is empty.
func groupMembers(users, groups, gid string) []string {
	var members []string
	ids := map[string]string{}
	for _, f := range colonFields(users) { // name, password, id, group
		ids[f[0]] = f[2]
		if f[3] == gid {
			members = append(members, f[2])
		}
	}
	for _, f := range colonFields(groups) { // name, password, id, members
		if f[2] != gid || f[3] == "" {
			continue
		}
		for name := range strings.SplitSeq(f[3], ",") {
			members = append(members, ids[name])
		}
	}
	return members
}

// colonFields returns the fields of each line that has four or more.
func colonFields(text string) (lines [][]string) {
	for line := range strings.SplitSeq(text, "\n") {
		if f := strings.Split(line, ":"); len(f) >= 4 {
			lines = append(lines, f)
		}
	}
	return lines
}
