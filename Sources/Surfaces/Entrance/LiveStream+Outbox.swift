import Domain
import NIOCore

/// Values on their way to a reader who takes whatever is there to be read for one value: they leave one at a time,
/// with time between them in which each can be read.
struct Outbox {
    static let pause = TimeAmount.milliseconds(20)
    /// Events taken from the log at once.
    static let events = 256

    var values: [ByteBuffer] = []
    var isResting = false
    var isAtEnd = false
}

extension LiveStream {
    func pumpEach() {
        guard !isOver, !outbox.isResting, channel.isWritable else { return }
        if outbox.values.isEmpty, !outbox.isAtEnd { fillOutbox() }
        guard !outbox.values.isEmpty else {
            if outbox.isAtEnd {
                end(with: nil)
            } else if live.isHandedOver {
                handOver()
            }
            return
        }
        // A write that drains at once says so before it returns, and would pump within this pump.
        outbox.isResting = true
        write(outbox.values.removeFirst())
        channel.eventLoop.scheduleTask(in: Outbox.pause) { [self] in
            outbox.isResting = false
            pumpEach()
        }
    }

    private func fillOutbox() {
        var events: [RunEvent] = []
        outbox.isAtEnd = live.read(from: &index) { event in
            events.append(event)
            return events.count < Outbox.events
        }
        outbox.values = renderer.values(of: events)
    }
}
