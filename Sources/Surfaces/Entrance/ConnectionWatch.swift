import HTTPTypes
package import NIOCore
package import NIOHTTPTypes

/// Watches one connection: cuts slow senders, and tells a stream when its reader has left or can take more.
///
/// Lives on the connection's event loop, and is only touched there.
package final class ConnectionWatch: ChannelInboundHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundOut = HTTPResponsePart

    /// Most answers in one piece are there before that.
    private static let firstDoubt = TimeAmount.milliseconds(200)

    private let headerTime: TimeAmount
    private let bodyTime: TimeAmount
    private var context: ChannelHandlerContext?
    private var deadline: Scheduled<Void>?
    private var hasLeft = false
    private var isInDoubt = false
    private var onLeft: (() -> Void)?
    private var onDoubt: (() -> Void)?
    private var onWritable: (() -> Void)?
    private var nextDoubt: Scheduled<Void>?

    package init(headerSeconds: Int, bodySeconds: Int) {
        headerTime = .seconds(Int64(headerSeconds))
        bodyTime = .seconds(Int64(bodySeconds))
    }

    /// Calls `left` once the connection is closed or reset, at once if it is already.
    /// - Parameter doubt: writes something that a reader passes over. The end of what a client sends looks the same
    ///   whether it has gone or waits for its answer, but one that has gone answers a write with a reset.
    func watch(left: @escaping () -> Void, doubt: @escaping () -> Void, writable: @escaping () -> Void) {
        onLeft = left
        onDoubt = doubt
        onWritable = writable
        if hasLeft { noteLeft() } else if isInDoubt { askAgain(in: Self.firstDoubt) }
    }

    /// For an answer in one piece: until it begins, an interim answer is all that may be written.
    func watch(left: @escaping () -> Void) {
        let interim = HTTPResponse(status: .init(code: 102, reasonPhrase: "Processing"))
        watch(
            left: left, doubt: { [self] in context?.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil) },
            writable: {})
    }

    func unwatch() {
        nextDoubt?.cancel()
        onLeft = nil
        onDoubt = nil
        onWritable = nil
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // A connection that was opened owes its first header; later ones are idle and have another limit.
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: headerTime) { bound.value.close(promise: nil) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        deadline?.cancel()
        unwatch()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            deadline?.cancel()
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            deadline = context.eventLoop.scheduleTask(in: bodyTime) { bound.value.fireErrorCaught(SlowBody()) }
        case .body: break
        case .end:
            deadline?.cancel()
            deadline = nil
        }
        context.fireChannelRead(data)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        deadline?.cancel()
        context.fireErrorCaught(error)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInDoubt = true
            askAgain(in: Self.firstDoubt)
        }
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

    /// Once is enough for a client at the other end; a proxy in between may take a second write before it notices.
    private func askAgain(in pause: TimeAmount) {
        guard let context, onDoubt != nil else { return }
        nextDoubt?.cancel()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        nextDoubt = context.eventLoop.scheduleTask(in: pause) {
            bound.value.onDoubt?()
            bound.value.askAgain(in: max(.seconds(1), pause * 2))
        }
    }
}

/// A body that did not arrive within its time.
struct SlowBody: Error {}
