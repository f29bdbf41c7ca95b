using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Spate.Client.Hosting.Configuration;

namespace Spate.Client.Hosting;

/// <summary>
/// Puts clients into a program's services. A client is one for the whole program, is made when the host starts, so that options that cannot be used stop the start,
/// and ends with the host's services. What its producer has taken is delivered when everything that is hosted has stopped, for as long as the host has time for that
/// (<c>HostOptions.ShutdownTimeout</c>); what is left then fails, and is told of.
/// </summary>
public static class KafkaClientServices
{
    /// <summary>Adds the client: a <see cref="KafkaClient"/> to ask for.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="bootstrapServers">See <see cref="KafkaClientOptions.BootstrapServers"/>.</param>
    public static KafkaClientBuilder AddKafkaClient(this IServiceCollection services, string bootstrapServers)
    {
        ArgumentException.ThrowIfNullOrEmpty(bootstrapServers);
        return Add(services, name: null).Configure(options => options with { BootstrapServers = bootstrapServers });
    }

    /// <summary>Adds the client, with options from a section of the configuration: see <see cref="KafkaClientBuilder.Bind"/>.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="section">The section.</param>
    public static KafkaClientBuilder AddKafkaClient(this IServiceCollection services, IConfiguration section) => Add(services, name: null).Bind(section);

    /// <summary>Adds one client of several: ask for it with <c>[FromKeyedServices(name)]</c>.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="name">The key of the client, and the name of its options.</param>
    /// <param name="bootstrapServers">See <see cref="KafkaClientOptions.BootstrapServers"/>.</param>
    public static KafkaClientBuilder AddKeyedKafkaClient(this IServiceCollection services, string name, string bootstrapServers)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(bootstrapServers);
        return Add(services, name).Configure(options => options with { BootstrapServers = bootstrapServers });
    }

    /// <summary>Adds one client of several, with options from a section of the configuration: see <see cref="KafkaClientBuilder.Bind"/>.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="name">The key of the client, and the name of its options.</param>
    /// <param name="section">The section.</param>
    public static KafkaClientBuilder AddKeyedKafkaClient(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Add(services, name).Bind(section);
    }

    /// <summary>The client of a name; null for the one without.</summary>
    internal static KafkaClient Find(IServiceProvider services, string? name) =>
        name is null ? services.GetRequiredService<KafkaClient>() : services.GetRequiredKeyedService<KafkaClient>(name);

    private static KafkaClientBuilder Add(IServiceCollection services, string? name)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions();
        services.Replace(ServiceDescriptor.Transient<IOptionsFactory<KafkaClientOptions>, KafkaClientOptionsFactory>());
        if (name is null)
        {
            services.TryAddSingleton(static provider => Make(provider, Options.DefaultName));
        }
        else
        {
            services.TryAddKeyedSingleton(name, (provider, _) => Make(provider, name));
        }

        services.AddSingleton<IHostedService>(provider => new KafkaClientStart(provider, name));
        return new KafkaClientBuilder(services, name);
    }

    private static KafkaClient Make(IServiceProvider provider, string name) => new(provider.GetRequiredService<IOptionsMonitor<KafkaClientOptions>>().Get(name));
}
