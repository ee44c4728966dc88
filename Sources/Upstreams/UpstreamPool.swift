package import Domain
package import Logging
package import NIOCore
import Synchronization

/// Every upstream of a server, made once from its settings, over connections that they share.
package final class UpstreamPool: UpstreamMaker {
    private let connections: ConnectionPool
    private let environment: [String: String]
    private let guide: any Upstream
    private let logger: Logger
    private let upstreams = Mutex<[String: HTTPUpstream]>([:])

    /// - Parameters:
    ///   - group: where connections live; it outlives the pool.
    ///   - environment: where the keys are, by the names that settings give, and `SSL_CERT_FILE`.
    package init(group: any EventLoopGroup, environment: [String: String], guide: any Upstream, logger: Logger) {
        connections = ConnectionPool(group: group)
        self.environment = environment
        self.guide = guide
        self.logger = logger
    }

    /// The same upstream for the same settings, so that what it learned of its server stays with it.
    package func upstream(for settings: UpstreamSettings) -> any Upstream {
        switch settings.kind {
        case .guide: guide
        case .echo: Echo()
        case .openai: kept(settings, ChatCompletionsFormat())
        case .anthropic: kept(settings, MessagesFormat())
        }
    }

    /// Ends every asking with a fault and closes every connection.
    package func shutdown() async {
        await connections.shutdown()
    }

    func kept(_ settings: UpstreamSettings, _ format: any AskingFormat) -> HTTPUpstream {
        upstreams.withLock { upstreams in
            if let upstream = upstreams[settings.name], upstream.settings == settings { return upstream }
            let upstream = HTTPUpstream(
                settings: settings, format: format, environment: environment, connections: connections,
                logger: logger)
            upstreams[settings.name] = upstream
            return upstream
        }
    }
}
