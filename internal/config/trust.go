package config

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"mailpipe/internal/shell"
)

// checkTrusted returns an error if a user other than this one and root owns the
// file or can write it. Such a user could run commands as this one.
func checkTrusted(name string, info fs.FileInfo) error {
	if info.Mode()&fs.ModeDevice != 0 { // only root makes a device, and its mode is not about its content
		return nil
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	uid := uint32(os.Geteuid())
	err := &SettingError{Origin: Origin{File: name}}
	mode := info.Mode().Perm()
	switch {
	case stat.Uid != uid && stat.Uid != 0:
		err.Reason = fmt.Sprintf("belongs to user %d, not to user %d, who runs mailpipe", stat.Uid, uid)
		err.Fix = fmt.Sprintf("chown %d %s", uid, shell.File(name))
	case mode&0o002 != 0, mode&0o020 != 0 && !isPrivateGroup(stat.Gid, uid):
		err.Reason = fmt.Sprintf("can be written by other users (mode %04o)", mode)
		err.Fix = "chmod go-w " + shell.File(name)
	default:
		return nil
	}
	return err
}

// isPrivateGroup reports whether a group has no members except the user and
// root. On Debian each user has such a group.
func isPrivateGroup(gid, uid uint32) bool {
	users, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return false
	}
	groups, err := os.ReadFile("/etc/group")
	if err != nil {
		return false
	}
	members := groupMembers(string(users), string(groups), fmt.Sprint(gid))
	if len(members) == 0 {
		return false
	}
	for _, id := range members {
		if id != fmt.Sprint(uid) && id != "0" {
			return false
		}
	}
	return true
}

// groupMembers returns the user ids of the members of a group, which passwd(5)
// and group(5) list. The id of an unknown member is empty.
func groupMembers(users, groups, gid string) []string {
	var members []string
	ids := map[string]string{}
	for line := range strings.Lines(users) {
		name, id, group, _ := databaseFields(line)
		ids[name] = id
		if group == gid {
			members = append(members, id)
		}
	}
	for line := range strings.Lines(groups) {
		_, id, names, ok := databaseFields(line)
		if !ok || id != gid || names == "" {
			continue
		}
		for name := range strings.SplitSeq(names, ",") {
			members = append(members, ids[name])
		}
	}
	return members
}

// databaseFields returns the first field, the third and the fourth of a line of
// passwd(5) or group(5): name, id, and group or members.
func databaseFields(line string) (name, id, last string, ok bool) {
	fields := strings.Split(strings.TrimSpace(line), ":")
	if len(fields) < 4 {
		return "", "", "", false
	}
	return fields[0], fields[2], fields[3], true
}
