import NIOCore

/// Closes a connection whose reader takes nothing for too long, whoever writes to it.
final class SlowReader: Sendable {
    private let task: RepeatedTask

    init(on channel: any Channel, seconds: Int) {
        var stuck = 0
        task = channel.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { task in
            stuck = channel.isWritable ? 0 : stuck + 1
            guard stuck >= seconds else { return }
            task.cancel()
            channel.close(promise: nil)
        }
    }

    func stop() {
        task.cancel()
    }
}
