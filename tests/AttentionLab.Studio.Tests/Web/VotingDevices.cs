using System.Net;
using System.Net.Sockets;
using System.Text;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>The listener for phones, and phones.</summary>
internal sealed class VotingDevices : IAsyncDisposable
{
    private readonly List<HttpClient> _devices = [];
    private VoteServer? _started;

    public VoteServer Server => _started!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task StartAsync(VoteLimits? limits = null) => _started = await VoteServer.StartAsync(limits ?? new VoteLimits { Burst = 1000 });

    /// <summary>A device of an address of its own: all of 127.0.0.0/8 is this machine.</summary>
    public HttpClient Device(int number)
    {
        Assert.SkipUnless(number == 1 || OperatingSystem.IsLinux(), "other systems know one loopback address only");
        HttpClient device = new(new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = async (context, cancellation) =>
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)number]), 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{Server.Port}/"),
            Timeout = Patience.Limit,
        };
        _devices.Add(device);
        return device;
    }

    public static StringContent Form(string body) => new(body, Encoding.UTF8, "application/x-www-form-urlencoded");

    public async Task<HttpResponseMessage> VoteAsync(HttpClient device, string body)
    {
        using StringContent content = Form(body);
        return await device.PostAsync(Server.Room.Code + "/vote", content, Token);
    }

    public static async Task<string> TextAsync(HttpClient device, string path) => await device.GetStringAsync(path, Token);

    public static async Task<HttpStatusCode> StatusAsync(HttpClient device, string path)
    {
        using HttpResponseMessage answer = await device.GetAsync(path, Token);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _devices.ForEach(device => device.Dispose());
        if (_started is not null)
        {
            await _started.DisposeAsync();
        }
    }
}
