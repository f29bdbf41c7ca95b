using System.Net;
using Spate.Broker.Network;
using Spate.Broker.Requests;

namespace Spate.Broker.Tests.Requests;

public sealed class RequestContextTests
{
    [Theory]
    [InlineData("10.1.2.3", "/10.1.2.3")]
    [InlineData("::1", "/::1")]
    [InlineData("::ffff:10.1.2.3", "/10.1.2.3")]
    public void ClientHost_Address_IsWrittenAsKafkaWritesIt(string address, string host)
    {
        var connection = new ConnectionContext(1, "PLAINTEXT", new IPEndPoint(IPAddress.Parse(address), 5), CancellationToken.None);

        Assert.Equal(host, new RequestContext(connection, 0, "").ClientHost);
    }
}
