using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Client.Hosting.Health;
using Spate.Client.Producing;
using Spate.Testing;

namespace Spate.Client.Hosting.Tests;

public sealed class ServicesTests
{
    [Fact]
    public async Task A_client_is_one_for_the_program_and_delivers_what_it_has_when_the_program_ends()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var builder = Builder();
        builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", broker.BootstrapServers), new("Kafka:Producer:Linger", "00:00:30")]);
        builder.Services.AddKafkaClient(builder.Configuration.GetSection("Kafka")).Configure(options => options with { ClientId = "shop" });
        var host = builder.Build();
        await host.StartAsync().OrTimeout("the start");
        var client = host.Services.GetRequiredService<KafkaClient>();
        Assert.Same(client, host.Services.GetRequiredService<KafkaClient>());
        Assert.Equal(("shop", TimeSpan.FromSeconds(30)), (OptionsOf(host).ClientId, OptionsOf(host).Producer.Linger));

        await client.Producer.PostAsync(new ProducerRecord<NoKey, string>("t", default, "last words")).AsTask().OrTimeout("the record to be taken");
        await host.StopAsync().OrTimeout("the stop");
        await ((IAsyncDisposable)host).DisposeAsync().AsTask().OrTimeout("the end");

        Assert.Throws<ObjectDisposedException>(() => client.Producer);
        await using var reader = new KafkaClient(broker.BootstrapServers);
        await foreach (var record in reader.ConsumeAsync<string, string>("t", StartPosition.Beginning))
        {
            Assert.Equal("last words", record.Value);
            break;
        }
    }

    [Fact]
    public async Task Where_brokers_are_away_a_program_ends_when_its_time_for_that_is_up_and_hears_what_was_not_delivered()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var builder = Builder();
        builder.Services.AddKafkaClient(broker.BootstrapServers).Configure(options => options with
        {
            // By this clock no time passes, and no record is ever late.
            TimeProvider = new FakeTimeProvider(DateTimeOffset.UtcNow),
            Producer = new ProducerOptions { Linger = TimeSpan.Zero },
        });
        var host = builder.Build();
        await host.StartAsync().OrTimeout("the start");
        var producer = host.Services.GetRequiredService<KafkaClient>().Producer;
        await producer.ProduceAsync(new ProducerRecord<NoKey, string>("t", default, "first")).AsTask().OrTimeout("the first delivery");
        await broker.KillAsync();
        var told = new TaskCompletionSource<DeliveryReport>();
        await producer.PostAsync(new ProducerRecord<NoKey, string>("t", default, "last words"), told.SetResult).AsTask().OrTimeout("the record to be taken");

        using var time = new CancellationTokenSource();
        var stopping = host.StopAsync(time.Token);
        Assert.False(stopping.IsCompleted);
        await time.CancelAsync();
        await stopping.OrTimeout("the stop");

        Assert.Contains("was not delivered", (await told.Task.OrTimeout("the report")).Error!.Message, StringComparison.Ordinal);
        await ((IAsyncDisposable)host).DisposeAsync().AsTask().OrTimeout("the end");
    }

    [Fact]
    public async Task Several_clients_go_by_their_names_with_options_of_their_own()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var builder = Builder();
        builder.Services.AddKafkaClient(broker.BootstrapServers).Configure(options => options with { ClientId = "first" });
        builder.Services.AddKeyedKafkaClient("other", broker.BootstrapServers).Configure(options => options with { ClientId = "second" });
        using var host = builder.Build();
        await host.StartAsync().OrTimeout("the start");

        Assert.NotSame(host.Services.GetRequiredService<KafkaClient>(), host.Services.GetRequiredKeyedService<KafkaClient>("other"));
        Assert.Equal(("first", "second"), (OptionsOf(host).ClientId, host.Services.GetRequiredService<IOptionsMonitor<KafkaClientOptions>>().Get("other").ClientId));
        Assert.Same(host.Services.GetRequiredService<ILoggerFactory>(), OptionsOf(host).LoggerFactory);
        await host.StopAsync().OrTimeout("the stop");
    }

    [Fact]
    public async Task A_client_is_healthy_while_a_broker_answers()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var builder = Builder();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddKafkaClient(broker.BootstrapServers).Configure(options => options with { ApiTimeout = TimeSpan.FromSeconds(1) });
        builder.Services.AddHealthChecks().AddKafkaClient(timeout: TimeSpan.FromMinutes(5));
        using var host = builder.Build();
        await host.StartAsync().OrTimeout("the start");
        var checks = host.Services.GetRequiredService<HealthCheckService>();

        var up = (await checks.CheckHealthAsync().OrTimeout("the first check")).Entries["kafka"];
        await broker.StopAsync();
        var checking = checks.CheckHealthAsync();
        await checking.WhileMoving(clock, TimeSpan.FromMilliseconds(50), "the second check");
        var down = (await checking).Entries["kafka"];

        Assert.Equal((HealthStatus.Healthy, 1), (up.Status, up.Data["brokers"]));
        Assert.Equal(HealthStatus.Unhealthy, down.Status);
        Assert.NotNull(down.Exception);
        await host.StopAsync().OrTimeout("the stop");
    }

    [Fact]
    public async Task Each_client_of_several_has_a_check_of_its_own()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var builder = Builder();
        builder.Services.AddKafkaClient(broker.BootstrapServers);
        builder.Services.AddKeyedKafkaClient("other", broker.BootstrapServers);
        builder.Services.AddHealthChecks().AddKafkaClient(timeout: TimeSpan.FromMinutes(1)).AddKafkaClient("other", timeout: TimeSpan.FromMinutes(1));
        using var host = builder.Build();
        await host.StartAsync().OrTimeout("the start");

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().OrTimeout("the checks");
        Assert.Equal(["kafka", "kafka-other"], report.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(HealthStatus.Healthy, report.Status);
        await host.StopAsync().OrTimeout("the stop");
    }

    private static HostApplicationBuilder Builder() => Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

    private static KafkaClientOptions OptionsOf(IHost host) => host.Services.GetRequiredService<IOptions<KafkaClientOptions>>().Value;
}
