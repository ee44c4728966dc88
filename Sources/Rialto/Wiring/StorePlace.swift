import Domain
import Foundation

/// Which store a house stands on: one file that one server owns, or a database that many share.
enum StorePlace: Sendable, Equatable {
    case file(DataDirectory)
    case database(url: String)

    /// - Throws: `invalid` for a URL of no store that there is.
    static func check(url: String) throws(Refusal) {
        guard ["postgres://", "postgresql://"].contains(where: { url.hasPrefix($0) }) else {
            throw .invalid("store", "A store's URL begins with postgres://; without one it is a file in --data.")
        }
    }

    /// The data directory, where all that is remembered is in it.
    var data: DataDirectory? {
        if case .file(let data) = self { data } else { nil }
    }

    /// As it may be shown: without a password.
    var words: String {
        switch self {
        case .file(let data): data.storePath
        case .database(let url): Self.withoutSecrets(url)
        }
    }

    /// What a command on the same store is given.
    var options: [String] {
        switch self {
        case .file(let data): ["--data", data.path]
        case .database(let url) where Self.withoutSecrets(url) == url: ["--store", url]
        case .database: []
        }
    }

    /// The password stands before the last @ of the authority, or among the parameters.
    static func withoutSecrets(_ url: String) -> String {
        url.replacing(#/(?<before>://[^/?@:]*):[^/?]*@/#) { "\($0.output.before)@" }
            .replacing(#/(?<before>[?&])(?:password|sslpassword)=[^&]*/#) { "\($0.output.before)" }
    }
}
