"""What staff hear who identify themselves by a PIN."""

from __future__ import annotations

from firmware.ivr.prompt_texts import Texts

TEXTS: Texts = {
    "pin-enter": {
        "en": "Enter your PIN, then press the hash key.",
        "vi": "Nhập mã pin, sau đó bấm phím thăng.",
        "ru": "Введите ваш пин-код и нажмите решётку.",
        "pl": "Proszę podać kod pin i nacisnąć krzyżyk.",
        "zh": "请输入密码，然后按井号键。",
    },
    "pin-wrong": {
        "en": "This PIN is wrong.",
        "vi": "Mã pin không đúng.",
        "ru": "Неверный пин-код.",
        "pl": "Kod pin jest błędny.",
        "zh": "密码错误。",
    },
    "pin-locked": {
        "en": "After too many wrong PINs, this telephone's staff codes are locked. Reception can unlock them.",
        "vi": "Nhập sai mã pin quá nhiều lần, các mã nhân viên trên máy này đã bị khóa. Lễ tân có thể mở khóa.",
        "ru": "После нескольких неверных пин-кодов служебные коды этого телефона заблокированы. "
        "Разблокировать может ресепшен.",
        "pl": "Po zbyt wielu błędnych kodach pin kody służbowe tego telefonu są zablokowane. Odblokuje je recepcja.",
        "zh": "密码多次错误，此话机的员工代码已锁定。请联系前台解锁。",
    },
    "staff-menu": {
        "en": "To check in a room, press 1. To check out, press 2. For the class of a room, press 3. "
        "For calls from room to room, press 4. For night service, press 5.",
        "vi": "Để nhận phòng, bấm phím 1. Để trả phòng, bấm phím 2. Để đổi hạng gọi của phòng, bấm phím 3. "
        "Cuộc gọi giữa các phòng, bấm phím 4. Chế độ ban đêm, bấm phím 5.",
        "ru": "Заезд: нажмите 1. Выезд: нажмите 2. Класс доступа комнаты: нажмите 3. Звонки между комнатами: "
        "нажмите 4. Ночной режим: нажмите 5.",
        "pl": "Zameldowanie: 1. Wymeldowanie: 2. Klasa uprawnień pokoju: 3. Rozmowy między pokojami: 4. Tryb nocny: 5.",
        "zh": "入住请按1。退房请按2。房间通话权限请按3。房间互拨请按4。夜间服务请按5。",
    },
    "room-enter": {
        "en": "Enter the number of the room, then press the hash key.",
        "vi": "Nhập số phòng, rồi bấm phím thăng.",
        "ru": "Введите номер комнаты, затем нажмите решётку.",
        "pl": "Proszę podać numer pokoju, a potem nacisnąć krzyżyk.",
        "zh": "请输入房间号码，再按井号键。",
    },
    "check-in-room": {
        "en": "Check in room",
        "vi": "Nhận phòng số",
        "ru": "Заезд в номер",
        "pl": "Zameldowanie, pokój",
        "zh": "入住，房间",
    },
    "check-in-done": {
        "en": "The room is checked in now. Please enter the guest's name at the desk.",
        "vi": "Đã nhận phòng. Xin nhập tên khách tại quầy.",
        "ru": "Заезд оформлен. Внесите имя гостя на ресепшене.",
        "pl": "Pokój jest zameldowany. Proszę wpisać nazwisko gościa w recepcji.",
        "zh": "已办理入住。请在前台录入客人姓名。",
    },
    "room-occupied": {
        "en": "Somebody is already checked in to this room.",
        "vi": "Phòng này đã có khách.",
        "ru": "В этой комнате уже кто-то проживает.",
        "pl": "W tym pokoju ktoś jest już zameldowany.",
        "zh": "该房间已有人入住。",
    },
    "check-out-room": {
        "en": "Check out room",
        "vi": "Trả phòng số",
        "ru": "Выезд из номера",
        "pl": "Wymeldowanie, pokój",
        "zh": "退房，房间",
    },
    "check-out-done": {
        "en": "The room is checked out now.",
        "vi": "Đã trả phòng.",
        "ru": "Выезд оформлен.",
        "pl": "Pokój jest wymeldowany.",
        "zh": "已办理退房。",
    },
    "check-out-wakeups": {
        "en": "Wake-up calls that have ended by this:",
        "vi": "Số cuộc gọi báo thức đã hủy theo:",
        "ru": "При этом отменено звонков-будильников:",
        "pl": "Liczba odwołanych przy tym budzeń:",
        "zh": "随之取消的叫醒次数：",
    },
    "room-vacant": {
        "en": "Nobody is checked in to this room.",
        "vi": "Phòng này hiện không có khách.",
        "ru": "В этой комнате никто не проживает.",
        "pl": "W tym pokoju nikt nie jest zameldowany.",
        "zh": "该房间目前无人入住。",
    },
    "class-menu": {
        "en": "For internal calls only, press 1. Local calls, press 2. National, press 3. Mobile telephones, press 4. "
        "International, press 5. All calls, press 6.",
        "vi": "Chỉ gọi nội bộ, bấm phím 1. Gọi nội hạt, bấm phím 2. Gọi trong nước, bấm phím 3. Gọi di động, "
        "bấm phím 4. Gọi quốc tế, bấm phím 5. Mọi cuộc gọi, bấm phím 6.",
        "ru": "Только внутренние звонки: нажмите 1. Местные: нажмите 2. Междугородные: нажмите 3. Мобильные: "
        "нажмите 4. Международные: нажмите 5. Все звонки: нажмите 6.",
        "pl": "Tylko rozmowy wewnętrzne: 1. Lokalne: 2. Krajowe: 3. Komórkowe: 4. Międzynarodowe: 5. Wszystkie: 6.",
        "zh": "仅限内线请按1。市话请按2。国内长途请按3。手机请按4。国际长途请按5。不限请按6。",
    },
    "class-set": {
        "en": "The class of the room has been changed. Room",
        "vi": "Hạng gọi đã được thay đổi. Phòng",
        "ru": "Класс доступа изменён. Номер",
        "pl": "Klasa uprawnień została zmieniona. Pokój",
        "zh": "通话权限已更改。房间",
    },
    "house-blocking-menu": {
        "en": "To refuse calls from room to room in the whole house, press 1. To allow them, press 2.",
        "vi": "Để chặn cuộc gọi giữa các phòng trong toàn khách sạn, bấm phím 1. Để cho phép, bấm phím 2.",
        "ru": "Чтобы запретить звонки между комнатами во всём отеле, нажмите 1. Чтобы разрешить, нажмите 2.",
        "pl": "Aby zablokować rozmowy między pokojami w całym hotelu, proszę nacisnąć 1. Aby je dopuścić, "
        "proszę nacisnąć 2.",
        "zh": "禁止全酒店房间互拨请按1。允许请按2。",
    },
    "house-blocking-on": {
        "en": "Calls from room to room are refused now.",
        "vi": "Cuộc gọi giữa các phòng hiện bị chặn.",
        "ru": "Звонки между комнатами теперь запрещены.",
        "pl": "Rozmowy między pokojami są teraz zablokowane.",
        "zh": "房间互拨现已禁止。",
    },
    "house-blocking-off": {
        "en": "Calls from room to room are allowed now.",
        "vi": "Cuộc gọi giữa các phòng hiện được phép.",
        "ru": "Звонки между комнатами теперь разрешены.",
        "pl": "Rozmowy między pokojami są teraz dozwolone.",
        "zh": "房间互拨现已允许。",
    },
    "night-menu": {
        "en": "To turn night service on, press 1. To turn it off, press 2.",
        "vi": "Để bật chế độ ban đêm, bấm phím 1. Để tắt, bấm phím 2.",
        "ru": "Чтобы включить ночной режим, нажмите 1. Чтобы выключить, нажмите 2.",
        "pl": "Aby włączyć tryb nocny, proszę nacisnąć 1. Aby go wyłączyć, proszę nacisnąć 2.",
        "zh": "开启夜间服务请按1。关闭请按2。",
    },
    "night-on": {
        "en": "Night service is on.",
        "vi": "Đã bật chế độ ban đêm.",
        "ru": "Ночной режим включён.",
        "pl": "Tryb nocny jest włączony.",
        "zh": "夜间服务已开启。",
    },
    "night-off": {
        "en": "Night service is off.",
        "vi": "Đã tắt chế độ ban đêm.",
        "ru": "Ночной режим выключен.",
        "pl": "Tryb nocny jest wyłączony.",
        "zh": "夜间服务已关闭。",
    },
}
