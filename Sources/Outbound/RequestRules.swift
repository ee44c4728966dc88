import Domain

/// What is asked of a request besides its URL: that nothing in it can pass for something else on the wire.
enum RequestRules {
    static func check(_ request: OutboundRequest) throws(OutboundFault) {
        guard isToken(request.method) else { throw OutboundFault(.invalid, "The method is none of HTTP's.") }
        for (name, value) in request.headers where !isToken(name) || !isValue(value) {
            throw OutboundFault(.invalid, "A header has a name or a value that HTTP does not allow.")
        }
    }

    /// Those whose headers say something about the connection, which is the client's own affair.
    static func isClients(_ name: String) -> Bool {
        ["connection", "content-length", "expect", "host", "te", "trailer", "transfer-encoding", "upgrade"]
            .contains(name.lowercased())
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0.isLetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    }

    private static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x09 || $0 >= 0x20 && $0 != 0x7f }
    }
}
