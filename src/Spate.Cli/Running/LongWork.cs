using System.Globalization;
using Spate.Client;
using Spate.Client.Administration;

namespace Spate.Cli.Running;

/// <summary>
/// A question that a cluster which is up may need minutes for, such as to delete thousands of partitions. It has the time of <see cref="ClusterCall.Patience"/>, and says
/// meanwhile what is done.
/// </summary>
internal sealed class LongWork : IAsyncDisposable
{
    private readonly KafkaClient _client;
    private readonly ProgressLine _line;
    private readonly WaitingNotice? _notice;

    /// <param name="call">The run of the verb, whose cluster has answered already.</param>
    /// <param name="what">What is done, such as <c>deleting 5,000 partitions</c>.</param>
    public LongWork(ClusterCall call, string what)
    {
        var (surroundings, began) = (call.Surroundings, call.Surroundings.Clock.GetTimestamp());
        call.Answered();
        _client = new KafkaClient(call.Client.Options with { ApiTimeout = call.Patience, RequestTimeout = call.Patience });
        _line = new ProgressLine(surroundings, () => string.Create(CultureInfo.InvariantCulture, $"{what} ... {surroundings.Clock.GetElapsedTime(began).TotalSeconds:0} s"));
        _notice = surroundings.IsErrorTerminal ? null : new WaitingNotice(surroundings, string.Create(CultureInfo.InvariantCulture, $"{what}; the cluster is given {call.Patience.TotalSeconds:0.#} s ..."));
    }

    public Admin Admin => _client.Admin;

    public ValueTask DisposeAsync()
    {
        _line.Dispose();
        _notice?.Dispose();
        return _client.DisposeAsync();
    }
}
