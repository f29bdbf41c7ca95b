using Spate.Client;
using Spate.Protocol.Errors;

namespace Spate.Cli.Running;

/// <summary>The edge of every verb: whatever goes wrong becomes one sentence on standard error and an exit status.</summary>
internal static class Failures
{
    /// <summary>What the system answers to a write into a pipe that nobody reads.</summary>
    private const int BrokenPipe = 32;

    public static async Task<int> CatchAsync(Surroundings surroundings, Func<Task<int>> work, CancellationToken cancellation)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (IOException failure) when (failure.HResult == BrokenPipe)
        {
            // Whoever read the result has seen enough of it.
            return ExitCode.Success;
        }
        catch (Exception failure)
        {
            await surroundings.Error.WriteLineAsync($"spate: {Describe(failure)}");
            return StatusOf(failure);
        }
    }

    public static int StatusOf(Exception failure) => failure switch
    {
        CommandException command => command.ExitCode,
        KafkaConfigurationException => ExitCode.Usage,
        KafkaTimeoutException or KafkaConnectionException => ExitCode.Unreachable,
        KafkaException { ErrorCode: ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId or ErrorCode.GroupIdNotFound or ErrorCode.TransactionalIdNotFound } => ExitCode.Missing,
        _ => ExitCode.Failure,
    };

    /// <summary>A failure that a verb expects says itself what to do; one that nobody expected is told by its kind as well, so that it can be looked for.</summary>
    private static string Describe(Exception failure) => failure switch
    {
        CommandException or KafkaException or IOException or UnauthorizedAccessException => failure.Message,
        _ => $"this should not happen ({failure.GetType().Name}): {failure.Message}",
    };
}
