/// How an upstream is reached: the operator's words, not a connection.
package struct UpstreamSettings: Sendable, Equatable {
    /// The formats Rialto can ask in.
    package enum Kind: String, Sendable, CaseIterable {
        /// Any chat-completions server.
        case openai
        /// The Messages API.
        case anthropic
        /// The built-in guide: no model, the handbook.
        case guide
        /// The built-in echo of the router: no model, what it was told.
        case echo

        /// Whether it is part of the server, and nobody's to set up.
        package var isBuiltIn: Bool { self == .guide || self == .echo }
    }

    package static let guideName = "guide"

    package var name: String
    package var kind: Kind
    package var url: String
    /// The environment variable that holds its key; the key itself is never stored.
    package var keyVariable: String?
    /// Whether to ask for a stream; the answer is read either way.
    package var streams: Bool
    package var retries = 2
    package var connectSeconds = 5
    package var firstEventSeconds = 60
    package var idleSeconds = 60
    package var wholeSeconds = 900
    /// Streams open to it at once.
    package var connections = 4096

    package init(name: String, kind: Kind, url: String, keyVariable: String? = nil, streams: Bool = true) {
        self.name = name
        self.kind = kind
        self.url = url
        self.keyVariable = keyVariable
        self.streams = streams
    }

    package static let guide = UpstreamSettings(name: guideName, kind: .guide, url: "")
    /// No other can be called so: a name has no spaces.
    package static let echo = UpstreamSettings(name: "built-in echo", kind: .echo, url: "")
}
