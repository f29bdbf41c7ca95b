using Spate.Cli.Running;
using Spate.Client;
using Spate.Client.Consuming;
using Spate.Client.Producing;

namespace Spate.Cli.Connecting;

/// <summary>Which cluster is meant, as the command line says it; what it leaves open comes from the environment, then from the properties file.</summary>
/// <param name="Server">Brokers to begin with.</param>
/// <param name="ConfigFile">A client's properties file.</param>
/// <param name="Timeout">How long a call may take.</param>
internal sealed record ConnectionArguments(string? Server, string? ConfigFile, TimeSpan? Timeout)
{
    private const string DefaultServer = "localhost:9092";
    private const string ClientId = "spate-cli";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Below it, a fetch that waits as it should would be taken for one that is not answered.</summary>
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);

    /// <exception cref="CommandException">Something in it cannot be used; every fault is named.</exception>
    public async Task<KafkaClientOptions> ReadAsync(Surroundings surroundings, CancellationToken cancellation)
    {
        var properties = await PropertiesAsync(ConfigFile ?? Given(surroundings, "SPATE_CONFIG"), cancellation);
        var timeout = Timeout ?? DefaultTimeout;
        if (timeout < ShortestTimeout)
        {
            properties.Fault($"--timeout is {timeout.TotalMilliseconds:0} ms; give brokers {ShortestTimeout.TotalSeconds:0} s at least.");
        }

        var (security, sasl) = ClientSecurity.Read(properties);
        properties.ThrowIfFaulty();
        return new KafkaClientOptions
        {
            BootstrapServers = Server ?? Given(surroundings, "SPATE_SERVER") ?? properties.Find("bootstrap.servers") ?? DefaultServer,
            ClientId = properties.Find("client.id") ?? ClientId,
            Security = security,
            Sasl = sasl,
            ApiTimeout = timeout,
            RequestTimeout = timeout,
            ConnectionSetupTimeout = timeout,
            ConnectionSetupTimeoutMax = timeout,
            AllowAutoCreateTopics = false,
            EnableMetricsPush = false,
            TimeProvider = surroundings.Clock,
            Producer = new ProducerOptions { MaxBlock = timeout, DeliveryTimeout = timeout + TimeSpan.FromSeconds(1) },
            Consumer = new ConsumerOptions { OffsetReset = OffsetReset.Earliest },
        };
    }

    private static string? Given(Surroundings surroundings, string variable) => surroundings.Variable(variable) is { Length: > 0 } value ? value : null;

    private static async Task<ClientProperties> PropertiesAsync(string? file, CancellationToken cancellation)
    {
        if (file is null)
        {
            return new ClientProperties("", "");
        }

        try
        {
            return new ClientProperties(file, await File.ReadAllTextAsync(file, cancellation));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The properties in '{file}' cannot be read: {failure.Message}", ExitCode.Usage);
        }
    }
}
