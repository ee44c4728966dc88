extension Multipart {
    /// A header value such as `form-data; name="a"`: a word and its parameters.
    struct Parameters {
        let word: String
        private var values: [(name: String, value: String)] = []

        /// Parameter names are compared without case; a repeated one is a fault.
        init(_ text: String) throws(Fault) {
            var rest = text.unicodeScalars[...]
            word = rest.take { $0 != ";" }.trimmed.lowercased()
            while rest.popFirst() != nil {
                rest = rest.trimmedStart
                if !rest.isEmpty, rest.first != ";" { try takeParameter(&rest) }
            }
        }

        subscript(name: String) -> String? {
            values.first { $0.name == name }?.value
        }

        private mutating func takeParameter(_ rest: inout Substring.UnicodeScalarView) throws(Fault) {
            let name = rest.take { $0 != "=" && $0 != ";" }.trimmed.lowercased()
            guard rest.popFirst() == "=", !name.isEmpty else {
                throw .malformed("A header has a parameter that is not written name=value.")
            }
            guard self[name] == nil else { throw .malformed("A header gives the parameter \(name) twice.") }
            rest = rest.trimmedStart
            let value = try rest.first == "\"" ? Self.takeQuoted(&rest) : rest.take { $0 != ";" }.trimmed
            values.append((name, value))
        }

        /// A backslash escapes a quote or a backslash; elsewhere it stands for itself, as in a Windows path.
        private static func takeQuoted(_ rest: inout Substring.UnicodeScalarView) throws(Fault) -> String {
            var value = String.UnicodeScalarView()
            rest.removeFirst()
            while let scalar = rest.popFirst() {
                if scalar == "\"" { return try endQuoted(String(value), &rest) }
                let isEscape = scalar == "\\" && (rest.first == "\"" || rest.first == "\\")
                value.append(isEscape ? rest.removeFirst() : scalar)
            }
            throw .malformed("A header has a quoted parameter without its closing quote.")
        }

        private static func endQuoted(
            _ value: String, _ rest: inout Substring.UnicodeScalarView
        ) throws(Fault) -> String {
            rest = rest.trimmedStart
            guard rest.isEmpty || rest.first == ";" else {
                throw .malformed("A header has something between a parameter and the next semicolon.")
            }
            return value
        }
    }
}

extension Substring.UnicodeScalarView {
    /// Removes and returns the longest beginning whose characters all do.
    fileprivate mutating func take(while holds: (Unicode.Scalar) -> Bool) -> Self {
        let taken = prefix(while: holds)
        self = self[taken.endIndex...]
        return taken
    }

    fileprivate var trimmedStart: Self { drop { $0 == " " || $0 == "\t" } }

    /// Without spaces and tabs around it.
    var trimmed: String {
        var text = trimmedStart
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
