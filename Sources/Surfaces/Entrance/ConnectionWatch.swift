import HTTPTypes
package import NIOCore
package import NIOHTTPTypes

/// Watches one connection: cuts slow senders, and tells a stream when its reader has left or can take more.
///
/// Lives on the connection's event loop, and is only touched there.
package final class ConnectionWatch: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundOut = HTTPResponsePart

    private let headerTime: TimeAmount
    private let bodyTime: TimeAmount
    private var deadline: Scheduled<Void>?
    private var hasLeft = false
    private var onLeft: (() -> Void)?
    private var onWritable: (() -> Void)?

    package init(headerSeconds: Int, bodySeconds: Int) {
        headerTime = .seconds(Int64(headerSeconds))
        bodyTime = .seconds(Int64(bodySeconds))
    }

    /// Calls `left` once the other end has closed its side, at once if it has already.
    func watch(left: @escaping () -> Void, writable: @escaping () -> Void) {
        onLeft = left
        onWritable = writable
        if hasLeft { noteLeft() }
    }

    func unwatch() {
        onLeft = nil
        onWritable = nil
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        // A connection that was opened owes its first header; later ones are idle and have another limit.
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: headerTime) { bound.value.close(promise: nil) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            deadline?.cancel()
            // Some clients hold a large body back until they are told to go on, or a second has passed.
            if head.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            deadline = context.eventLoop.scheduleTask(in: bodyTime) { bound.value.fireErrorCaught(SlowBody()) }
        case .body: break
        case .end:
            deadline?.cancel()
            deadline = nil
        }
        context.fireChannelRead(data)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { noteLeft() }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        noteLeft()
        context.fireChannelInactive()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { onWritable?() }
        context.fireChannelWritabilityChanged()
    }

    private func noteLeft() {
        hasLeft = true
        let told = onLeft
        unwatch()
        told?()
    }
}

/// A body that did not arrive within its time.
struct SlowBody: Error {}
