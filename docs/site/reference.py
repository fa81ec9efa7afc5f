"""Doxygen's XML as Markdown, a page a header.

Not by Breathe: Sphinx's parser of C++ knows no constraints and no partial specialisations, and takes minutes.
"""
import re
import textwrap
import xml.etree.ElementTree as ET
from collections import defaultdict

KINDS = ("function", "variable", "typedef", "enum", "define")


def escaped(text):
    return re.sub(r"([\\*_<\[\]`|])", r"\\\1", text)


def flat(element):
    """The text of a type or an initializer, with the blanks that Doxygen adds taken out."""
    text = "".join(element.itertext()) if element is not None else ""
    text = re.sub(r"\s+", " ", text).strip()
    return tidy(text)


def tidy(text):
    """C++ as this house writes it: Tensor& x, x = 1."""
    text = re.sub(r"\s*(::)\s*", r"\1", re.sub(r"<\s+", "<", re.sub(r"\s+>", ">", text)))
    text = re.sub(r"(?<![<>=!+*/&|^-]) ?= ?(?![=])", " = ", text)
    return re.sub(r" ([&*]+)(?=[\w])", r"\1 ", re.sub(r" ([&*]+)(?=\W|$)", r"\1", text)).strip()


def code(lines):
    return "```cpp\n" + textwrap.dedent("\n".join(lines)) + "\n```\n"


def listing(element):
    lines = []
    for line in element.iter("codeline"):
        text = ""
        for part in line.iter():
            text += (" " if part.tag == "sp" else "") + (part.text or "")
            if part is not line:
                text += part.tail or ""
        lines.append(text.rstrip())
    return code(lines)


def inline(element):
    out = escaped(element.text or "")
    for child in element:
        if child.tag == "computeroutput":
            out += "`" + "".join(child.itertext()) + "`"
        elif child.tag in ("programlisting", "verbatim"):
            block = listing(child) if child.tag == "programlisting" else code((child.text or "").strip("\n").split("\n"))
            out += "\n\n" + block + "\n"
        elif child.tag in ("itemizedlist", "orderedlist"):
            items = [" ".join(inline(part).strip() for part in item) for item in child.findall("listitem")]
            out += "\n\n" + "\n".join(f"- {item}" for item in items) + "\n\n"
        elif child.tag == "linebreak":
            out += "\n"
        else:
            out += inline(child)
        out += escaped(child.tail or "")
    return out


def said(element):
    """What a comment says, as Markdown."""
    texts = []
    for tag in ("briefdescription", "detaileddescription", "inbodydescription"):
        part = element.find(tag)
        if part is not None:
            texts += [inline(para).strip() for para in part.findall("para")]
    return "\n\n".join(text for text in texts if text)


def template(element):
    parameters = element.find("templateparamlist")
    if parameters is None:
        return ""
    names = []
    for param in parameters.findall("param"):
        name = flat(param.find("type"))
        for tag, before in (("declname", " "), ("defval", " = ")):
            if param.find(tag) is not None and flat(param.find(tag)):
                name += before + flat(param.find(tag))
        names.append(name)
    requires = flat(element.find("requiresclause"))
    return f"template <{', '.join(names)}>" + (f" requires {requires}" if requires else "") + " "


def declaration(member):
    kind, name = member.get("kind"), member.findtext("name")
    if kind == "define":
        arguments = [param.findtext("defname") or "" for param in member.findall("param")]
        return f"#define {name}" + (f"({', '.join(arguments)})" if arguments else "")
    if kind == "enum":
        values = ", ".join(value.findtext("name") + (" " + value.findtext("initializer") if value.find("initializer") is not None
                                                     else "") for value in member.findall("enumvalue"))
        return f"enum class {name} {{ {values} }};"
    type_, arguments = flat(member.find("type")), tidy(member.findtext("argsstring") or "")
    if name.startswith("operator"):
        arguments = member.findtext("argsstring") or ""
    if kind == "typedef":
        return template(member) + f"using {name} = {type_}{arguments};"
    before = "".join(word + " " for word, has in (("static", member.get("static")), ("virtual", member.get("virt"))) if
                     has in ("yes", "virtual", "pure-virtual"))
    value = flat(member.find("initializer")) if kind == "variable" else ""
    if len(value) > 60 or value.startswith("{"):
        value = value if len(value) <= 60 else ""
    return f"{template(member)}{before}{type_ + ' ' if type_ else ''}{name}{arguments}{' ' + value if value else ''};"


class Reference:
    def __init__(self, xml, top):
        self.members, self.classes = defaultdict(list), defaultdict(list)
        for path in sorted(xml.glob("*.xml")):
            for compound in ET.parse(path).getroot().iter("compounddef"):
                if compound.get("kind") in ("namespace", "file"):
                    for member in compound.iter("memberdef"):
                        if compound.get("kind") == "file" and member.get("kind") != "define":
                            continue
                        self.members[self.where(member, top)].append((compound.findtext("compoundname"), member))
                elif compound.get("kind") in ("class", "struct") and compound.get("prot") != "private":
                    self.classes[self.where(compound, top)].append(compound)

    @staticmethod
    def where(element, top):
        location = element.find("location")
        return location.get("file").removeprefix(f"{top}/")

    @staticmethod
    def line(element):
        return int(element.find("location").get("line"))

    def listed(self, members):
        """Declarations with what is said of them; what follows without a word belongs to what stands before."""
        groups = []
        for member in sorted(members, key=self.line):
            words, text = said(member), declaration(member)
            variable = member.get("kind") == "variable"
            if variable and len(text) + len(words) < 110 and "\n" not in words:  # a field, with what it is beside it
                if words:
                    text += "  // " + re.sub(r"\\(.)", r"\1", words)
                if groups and groups[-1][2] and not groups[-1][1]:
                    groups[-1][0].append(text)
                else:
                    groups.append(([text], "", True))
                continue
            if groups and not words and groups[-1][2] == variable:
                groups[-1][0].append(text)
            else:
                groups.append(([text], words, variable))
            for value in member.findall("enumvalue"):
                if said(value):
                    lines, before, kind = groups[-1]
                    groups[-1] = (lines, before + f"\n\n- `{value.findtext('name')}`: {said(value)}", kind)
        return "\n".join(code(dict.fromkeys(lines)) + (f"\n{words}\n" if words else "") for lines, words, _ in groups)

    def of_class(self, compound):
        name = compound.findtext("compoundname").removeprefix("tapegrad::")
        bases = [flat(base) for base in compound.findall("basecompoundref") if base.get("prot") == "public"]
        head = f"{template(compound)}{compound.get('kind')} {name}" + (f" : {', '.join(bases)}" if bases else "")
        shown = [member for member in compound.iter("memberdef")
                 if member.get("prot") == "public" and member.get("kind") in KINDS
                 and "= delete" not in (member.findtext("argsstring") or "") and not member.findtext("name").startswith("~")]
        return "\n".join([f"## {escaped(name)}", "", code([head]), said(compound), "", self.listed(shown)])

    def of_header(self, header):
        pieces = []
        free = defaultdict(list)
        for namespace, member in self.members[str(header)]:
            if member.get("kind") in KINDS and member.get("prot") != "private":
                free[namespace if member.get("kind") != "define" else "Macros"].append(member)
        for namespace, members in sorted(free.items(), key=lambda item: (item[0] == "Macros", self.line(item[1][0]))):
            title = namespace if "/" not in namespace and "." not in namespace else "Macros"
            pieces.append(f"## {'Macros' if title == 'Macros' else 'In ' + title}\n\n" + self.listed(members))
        pieces += [self.of_class(c) for c in sorted(self.classes[str(header)], key=self.line)
                   if "<" not in c.findtext("compoundname")]
        return "\n\n".join(pieces)
