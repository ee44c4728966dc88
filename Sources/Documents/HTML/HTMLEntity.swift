/// A character that a page names: `&eacute;`, `&#233;` or `&#xE9;`.
struct HTMLEntity {
    let bytes: [UInt8]
    /// Behind its semicolon.
    let end: Int

    /// - Returns: `nil` where it is none that is known; then it stays as it is.
    init?(_ page: [UInt8], at start: Int) {
        var place = start + 1
        while place < page.count, place - start < 32, page[place] != UInt8(ascii: ";") {
            guard page[place].isWordByte || page[place] == Byte.hash else { return nil }
            place += 1
        }
        guard place < page.count, page[place] == UInt8(ascii: ";") else { return nil }
        let name = String(decoding: page[start + 1..<place], as: UTF8.self)
        guard let scalar = Self.scalar(name), scalar.value > 0 else { return nil }
        bytes = Array(String(Character(scalar)).utf8)
        end = place + 1
    }

    var isSpace: Bool { bytes == [0xC2, 0xA0] || bytes.allSatisfy(\.isSpace) }

    private static func scalar(_ name: String) -> UnicodeScalar? {
        guard name.hasPrefix("#") else { return names[name].flatMap(UnicodeScalar.init) }
        let digits = name.dropFirst()
        let isHexadecimal = digits.hasPrefix("x") || digits.hasPrefix("X")
        return UInt32(isHexadecimal ? digits.dropFirst() : digits, radix: isHexadecimal ? 16 : 10)
            .flatMap(UnicodeScalar.init)
    }

    private static let names: [String: UInt32] = {
        var names = others
        for (index, name) in latin.split(separator: " ").enumerated() { names[String(name)] = 0xA0 + UInt32(index) }
        for (index, name) in greek.split(separator: " ").enumerated() {
            names[String(name)] = 0x3B1 + UInt32(index)
            let capital = name.prefix(1).uppercased() + name.dropFirst()
            if name != "sigmaf" { names[capital] = 0x391 + UInt32(index) }
        }
        return names
    }()

    /// U+00A0 to U+00FF, in their order.
    private static let latin = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute \
        micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring \
        AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml \
        times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil \
        egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash \
        ugrave uacute ucirc uuml yacute thorn yuml
        """

    /// U+03B1 to U+03C9, in their order.
    private static let greek = """
        alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau \
        upsilon phi chi psi omega
        """

    private static let others: [String: UInt32] = [
        "amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27, "ndash": 0x2013, "mdash": 0x2014,
        "lsquo": 0x2018, "rsquo": 0x2019, "sbquo": 0x201A, "ldquo": 0x201C, "rdquo": 0x201D, "bdquo": 0x201E,
        "dagger": 0x2020, "Dagger": 0x2021, "bull": 0x2022, "hellip": 0x2026, "permil": 0x2030, "prime": 0x2032,
        "lsaquo": 0x2039, "rsaquo": 0x203A, "euro": 0x20AC, "trade": 0x2122, "larr": 0x2190, "uarr": 0x2191,
        "rarr": 0x2192, "darr": 0x2193, "harr": 0x2194, "rArr": 0x21D2, "forall": 0x2200, "part": 0x2202,
        "exist": 0x2203, "empty": 0x2205, "isin": 0x2208, "sum": 0x2211, "minus": 0x2212, "radic": 0x221A,
        "infin": 0x221E, "and": 0x2227, "or": 0x2228, "cap": 0x2229, "cup": 0x222A, "int": 0x222B, "asymp": 0x2248,
        "ne": 0x2260, "equiv": 0x2261, "le": 0x2264, "ge": 0x2265, "OElig": 0x152, "oelig": 0x153, "Scaron": 0x160,
        "scaron": 0x161, "Yuml": 0x178, "fnof": 0x192, "circ": 0x2C6, "tilde": 0x2DC, "ensp": 0x20, "emsp": 0x20,
        "thinsp": 0x20, "check": 0x2713, "lbrace": 0x7B, "rbrace": 0x7D, "lbrack": 0x5B, "rbrack": 0x5D,
        "lpar": 0x28, "rpar": 0x29, "num": 0x23, "excl": 0x21, "dollar": 0x24, "percnt": 0x25, "ast": 0x2A,
        "plus": 0x2B, "comma": 0x2C, "period": 0x2E, "sol": 0x2F, "colon": 0x3A, "semi": 0x3B, "equals": 0x3D,
        "quest": 0x3F, "commat": 0x40, "bsol": 0x5C, "lowbar": 0x5F, "grave": 0x60, "verbar": 0x7C, "vert": 0x7C,
    ]
}
