import Domain
import Logging

/// Everything the config says, with defaults where it says nothing.
struct Settings: Sendable, Equatable {
    /// Where connections come in.
    struct Listen: Sendable, Equatable {
        var host = "127.0.0.1"
        var port = 8080
        /// How the outside reaches this server, where that is not host and port.
        var publicURL: String?
        var backlog = 4096
    }

    /// The PEM files of HTTPS; both or none.
    struct TLS: Sendable, Equatable {
        var certificate: String?
        var key: String?

        var files: (certificate: String, key: String)? {
            guard let certificate, let key else { return nil }
            return (certificate, key)
        }
    }

    /// What is logged, and how.
    struct Log: Sendable, Equatable {
        enum Format: String, Sendable, CaseIterable { case auto, text, json }

        var level = Logger.Level.info
        var format = Format.auto
    }

    /// What remembers, where it is not the SQLite file of the data directory.
    struct Store: Sendable, Equatable {
        /// `postgres://…`, as libpq takes it.
        var url: String?
        /// Connections that a server keeps to a database.
        var connections = 8
    }

    /// Requests that the server makes for somebody else.
    struct OutboundRules: Sendable, Equatable {
        /// Ranges of addresses (CIDR) that are open although they are not of the public internet.
        var allow: [String] = []
    }

    /// Where `s3://` files lie.
    struct ObjectStore: Sendable, Equatable {
        var endpoint: String?
        var region = "us-east-1"
        var accessKeyID: String?
        /// The environment variable that holds the secret.
        var secretKeyVariable: String?
    }

    /// What knowledge sources are found by, besides their words.
    struct Embedding: Sendable, Equatable {
        /// The upstream that has the model; nil for none.
        var upstream: String?
        var model: String?
    }

    /// What goes wrong with things that are only simulated, for trying what agents do then.
    struct Simulation: Sendable, Equatable {
        /// Of a hundred effects about so many go wrong.
        var faultPercent = 0
        /// The same faults come of the same seed.
        var faultSeed = 1
    }

    var listen = Listen()
    var store = Store()
    var tls = TLS()
    var log = Log()
    var limits = Limits()
    var outbound = OutboundRules()
    var objects = ObjectStore()
    var embedding = Embedding()
    var shop = ShopSettings()
    var simulation = Simulation()
    /// In the order of the file.
    var upstreams: [UpstreamSettings] = []
    /// What the router sells, in the order of the file.
    var routerModels: [RouterModel] = []

    /// Where this machine reaches the server.
    var localURL: String {
        let everywhere = ["0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"]
        let host = everywhere[listen.host] ?? listen.host
        return "\(tls.files == nil ? "http" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(listen.port)"
    }

    /// The beginning of every URL that the server tells of itself; without a slash at its end.
    var publicURL: String { listen.publicURL ?? localURL }
}
