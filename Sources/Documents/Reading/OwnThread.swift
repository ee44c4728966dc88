import Foundation

/// A thread for one long piece of work: the threads that serve everybody are not held up, and the stack is deep
/// enough for the most deeply nested document that is allowed.
enum OwnThread {
    private static let stackBytes = 16 << 20

    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result(catching: work)) }
            thread.stackSize = stackBytes
            thread.start()
        }
    }
}
