"""Prints how Python's email package reads the messages named on the command
line, one JSON object per line."""
import email
import email.policy
import hashlib
import json
import sys


def addresses(field):
    return [[a.display_name, a.addr_spec] for a in field.addresses] if field else []


def read(path):
    with open(path, "rb") as f:
        top = email.message_from_binary_file(f, policy=email.policy.default)
    defects, texts, files = [], {}, []

    def walk(part):
        defects.extend(repr(d) for d in part.defects)
        for name, value in part.items():
            defects.extend(name + ": " + repr(d) for d in value.defects)
        name = part.get_filename()
        if part.get_content_type() == "message/rfc822":
            inner = part.get_content()
            files.append({"name": name, "inner": str(inner["Subject"])})
        elif part.is_multipart():
            for sub in part.iter_parts():
                walk(sub)
        elif name is None and part.get_content_maintype() == "text":
            texts[part.get_content_subtype()] = part.get_content()
        else:
            data = part.get_payload(decode=True)
            files.append({"name": name or "", "sum": hashlib.sha256(data).hexdigest(), "type": part.get_content_type()})

    walk(top)
    return {
        "subject": str(top["Subject"] or ""), "from": addresses(top["From"]), "to": addresses(top["To"]),
        "cc": addresses(top["Cc"]), "text": texts.get("plain", ""), "html": texts.get("html", ""),
        "files": files, "defects": defects,
    }


for path in sys.argv[1:]:
    print(json.dumps(read(path)))
