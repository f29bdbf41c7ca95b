using System.CommandLine;
using Spate.Cli.Output;
using Spate.Client;

namespace Spate.Cli.Running;

/// <summary>One run of a verb that asks a cluster: what was given to it, and the client.</summary>
internal sealed class ClusterCall : IAsyncDisposable
{
    /// <summary>What long work is given where nobody says otherwise.</summary>
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(2);

    private readonly bool _isTimeoutGiven;
    private readonly WaitingNotice _notice;

    /// <param name="arguments">What was given to the verb.</param>
    /// <param name="surroundings">What it reads from and writes to.</param>
    /// <param name="options">Of the client.</param>
    /// <param name="isTimeoutGiven">Whether the user has said how long the cluster may take.</param>
    /// <param name="output">The form of its result.</param>
    /// <param name="cancellation">Ends it.</param>
    public ClusterCall(ParseResult arguments, Surroundings surroundings, KafkaClientOptions options, bool isTimeoutGiven, OutputFormat output, CancellationToken cancellation)
    {
        _isTimeoutGiven = isTimeoutGiven;
        Patience = isTimeoutGiven ? options.ApiTimeout : DefaultPatience;
        Arguments = arguments;
        Surroundings = surroundings;
        Output = output;
        Cancellation = cancellation;
        Client = new KafkaClient(options);
        _notice = new WaitingNotice(surroundings, $"waiting for an answer from {options.BootstrapServers}, for {options.ApiTimeout.TotalSeconds:0.#} s at most ...");
    }

    /// <summary>The command line.</summary>
    public ParseResult Arguments { get; }

    public Surroundings Surroundings { get; }

    public KafkaClient Client { get; }

    public OutputFormat Output { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>How long the cluster may take for one call, retries included.</summary>
    public TimeSpan Timeout => Client.Options.ApiTimeout;

    /// <summary>How long it may take for work that needs time though all is well: as long as for any call where the user said it.</summary>
    public TimeSpan Patience { get; }

    public T? Get<T>(Option<T> option) => Arguments.GetValue(option);

    public T Get<T>(Argument<T> argument) => Arguments.GetValue(argument)!;

    /// <summary>The same run with a client of another cluster, which is reached in the same way.</summary>
    public ClusterCall At(string servers) => new(Arguments, Surroundings, Client.Options with { BootstrapServers = servers }, _isTimeoutGiven, Output, Cancellation);

    /// <summary>The cluster has answered: nobody needs to be told what is waited for.</summary>
    public void Answered() => _notice.Dispose();

    /// <summary>Shows a result in the form that is wanted.</summary>
    public void Show(params IReadOnlyList<Listing> sections)
    {
        Answered();
        ReportWriter.Write(sections, Output, Surroundings);
    }

    /// <summary>Says something beside the result.</summary>
    public void Say(string text)
    {
        Answered();
        Surroundings.Error.WriteLine($"spate: {text}");
    }

    public ValueTask DisposeAsync()
    {
        _notice.Dispose();
        return Client.DisposeAsync();
    }
}
