package import Domain
package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes

/// How a connection is furnished: as Hummingbird does it for HTTP/1, with `Exchanges` in the place of its codec.
///
/// Hummingbird's own channel takes handlers only behind that codec, where the version of a request is forgotten; and
/// what the parser refuses it answers itself, with nothing in it.
package struct Connections: HTTPChannelHandler {
    package typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    package let responder: Responder
    private let limits: Limits

    package init(responder: @escaping Responder, limits: Limits) {
        self.responder = responder
        self.limits = limits
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let beginning = Beginning(most: limits.headerBytes)
            let handlers: [any ChannelHandler] = [
                HTTPResponseEncoder(),
                beginning,
                ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: headLimits)),
                Exchanges(after: beginning, limits: limits),
                ConnectionWatch(headerSeconds: limits.headerSeconds, bodySeconds: limits.bodySeconds),
                HTTPConnectionStateHandler(idleTimeout: .seconds(limits.idleConnectionSeconds), logger: logger),
            ]
            try channel.pipeline.syncOperations.addHandlers(handlers)
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    package func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }

    /// Those of the parser count the path, the names and the values.
    private var headLimits: NIOHTTPDecoderLimitConfiguration {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderFieldSize = limits.headerBytes
        configuration.maxHeaderListSize = limits.headerBytes
        configuration.maxHeaderFieldCount = limits.headerCount
        return configuration
    }
}
